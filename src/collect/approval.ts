import { Problem } from '../problem.ts';

/** Who allowed a collection, why and how far. Every text is the person's own. */
export interface Approval {
  /** Who approved. */
  by: string;
  ticket: string;
  /** Hosts, segments or machines that it is about. */
  scope: string;
  /** The window that was approved: UTC. */
  window: { since: string; until: string };
  purpose?: string;
  legalBasis?: string;
  recipients?: string;
  /** Day until which the collection may be kept. */
  retainUntil?: string;
  /** Kinds of data, computed from what was planned. */
  dataCategories: string[];
  /** UTC. */
  recorded: string;
}

/** What flags or questions gave; '' where nothing was said. */
export interface ApprovalWords {
  by: string;
  ticket: string;
  scope: string;
  purpose: string;
  legalBasis: string;
  recipients: string;
  retainUntil: string;
}

/** Longer is a document, whose name belongs here instead. */
const MAX_TEXT = 500;

/** What an approval cannot lack, each with its option. */
const NEEDED = [
  ['by', '--approved-by'],
  ['ticket', '--ticket'],
  ['scope', '--scope'],
] as const;

/**
 * @param windowGiven whether a person named the window: a default is not approved by anyone
 * @param required whether the collection is refused without one
 * @returns undefined where nothing was said and nothing is required
 * @throws Problem for one that is required and lacks something, or a text that is none
 */
export function approvalOf(
  words: ApprovalWords,
  window: { since: string; until: string },
  windowGiven: boolean,
  required: boolean,
  dataCategories: readonly string[],
  recorded: string,
): Approval | undefined {
  const problems: string[] = [];
  for (const [name, text] of Object.entries(words)) {
    if (text.length > MAX_TEXT) problems.push(`the approval's ${name} has more than ${MAX_TEXT} characters`);
  }
  if (words.retainUntil !== '' && !/^\d{4}-\d\d-\d\d$/.test(words.retainUntil)) {
    problems.push('--retain-until: give a day, such as 2027-01-31');
  }
  if (problems.length > 0) throw new Problem('usage', problems);
  if (required) {
    const lacking: string[] = NEEDED.filter(([name]) => words[name].trim() === '').map(([, option]) => option);
    if (!windowGiven) lacking.push('--since');
    // Wrong usage, and not a refusal of what was found: a script mends it by giving the options.
    if (lacking.length > 0) {
      throw new Problem('usage', `an approval is required and lacks ${lacking.join(', ')}: nothing was collected`);
    }
  }
  if (Object.values(words).every((text) => text.trim() === '')) return undefined;
  const { by, ticket, scope, purpose, legalBasis, recipients, retainUntil } = words;
  return {
    by,
    ticket,
    scope,
    window,
    ...(purpose === '' ? {} : { purpose }),
    ...(legalBasis === '' ? {} : { legalBasis }),
    ...(recipients === '' ? {} : { recipients }),
    ...(retainUntil === '' ? {} : { retainUntil }),
    dataCategories: [...dataCategories],
    recorded,
  };
}
