import { Problem } from '../problem.ts';
import { safeText } from '../wire/values.ts';
import { type Collector, type CollectProfile, PROFILES, type Symptom, SYMPTOMS } from './collector.ts';
import { COLLECTORS } from './registry.ts';

/** What a choice came to. */
export interface Choice {
  /** '' where symptoms alone chose. */
  profile: CollectProfile | '';
  symptoms: Symptom[];
  /** In the order of the registry, but the clock first: it is asked before anything takes time. */
  collectors: Collector[];
}

/**
 * @param profile '' for `full`, or for none beside symptoms @param symptoms names of which each adds its collectors
 * @throws Problem for a name that is none
 */
export function chooseCollectors(profile: string, symptoms: readonly string[]): Choice {
  const problems: string[] = [];
  if (profile !== '' && !Object.hasOwn(PROFILES, profile)) {
    problems.push(`--profile ${safeText(profile)}: give one of ${Object.keys(PROFILES).join(', ')}`);
  }
  for (const symptom of symptoms) {
    if (Object.hasOwn(SYMPTOMS, symptom)) continue;
    problems.push(`--symptom ${safeText(symptom)}: give one of ${Object.keys(SYMPTOMS).join(', ')}`);
  }
  if (problems.length > 0) throw new Problem('usage', problems);
  const wanted = (profile === '' && symptoms.length === 0 ? 'full' : profile) as CollectProfile | '';
  const asked = symptoms as readonly Symptom[];
  const collectors = COLLECTORS.filter(
    (one) =>
      wanted === 'full' ||
      (wanted !== '' && one.profiles.includes(wanted)) ||
      one.symptoms.some((symptom) => asked.includes(symptom)),
  );
  const first = collectors.filter(({ id }) => id === 'clock');
  return {
    profile: wanted,
    symptoms: [...new Set(asked)].sort(),
    collectors: [...first, ...collectors.filter(({ id }) => id !== 'clock')],
  };
}
