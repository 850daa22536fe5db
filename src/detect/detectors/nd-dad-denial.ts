import { BoundedMap } from '../../flow/bounded.ts';
import { addressText, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { DENIED } from '../neighbours/dad.ts';

/** Stations that refused something and are remembered until they are a case. */
const REFUSERS = 4_096;

export const ndDadDenial: Detector = {
  id: 'nd-dad-denial',
  title: 'IPv6 addresses are denied to others',
  severity: 'high',
  about:
    'One station claims every IPv6 address that others check before use, so that they never get one. No machine on this segment can bring IPv6 up. Find its switch port and shut it.',
  fires: ['one station refuses three addresses or more that it was never seen using'],
  quiet: [
    'one or two addresses: nd-dad-conflict',
    'a station that was seen using the addresses before they were probed',
    "a host's own advertisements after its own probes",
  ],
  needs: ['mac', 'ipv6', 'time'],
  references: ['RFC 4862 5.4', 'RFC 3756 4.1.3'],
  proof: 'In the lab the attacker is a script; the network around it is real.',
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of this MAC address and shut it.',
      'Turn on IPv6 source guard or ND inspection on the access ports (SAVI, RFC 6620).',
    ],
    verify: ['New machines configure their link-local address (ip -6 addr: no dadfailed).'],
  },
  start,
};

function start(_context: DetectorContext): DetectorRun {
  const early = new BoundedMap<string, EvidenceNote[]>('nd-dad-denial.refusers', REFUSERS);
  return {
    on: {
      'dad-refused': (event, emit) => {
        const { segment, target, prober, probe, by, refuser, refusal, inUse, refusedTargets, time } = event;
        if (by !== 'advertisement' || inUse) return;
        const address = addressText(target);
        const evidence: EvidenceNote[] = [
          { kind: 'frame', sight: probe, note: `${macText(prober)} probes for ${address}` },
          { kind: 'frame', sight: refusal, note: `${macText(refuser)} refuses it` },
        ];
        const key = `${segment}/${refuser}`;
        const before = early.get(key) ?? [];
        if (refusedTargets < DENIED) {
          // As many as a finding shows first.
          if (before.length < 8) early.set(key, [...before, ...evidence]);
          return;
        }
        early.delete(key);
        emit({
          subject: { attacker: macText(refuser) },
          confidence: confidence(
            'likely',
            [`it refused ${refusedTargets} addresses`, 'it was never seen using any of them before they were probed'],
            ['the MAC address table of the switch: which machine this is'],
          ),
          message: `${macText(refuser)} refuses every IPv6 address that others want: ${refusedTargets} so far, ${address} among them.`,
          segment,
          time,
          evidence: [...before, ...evidence],
          count: 1 + before.length / 2,
        });
      },
    },
    limits: () => {
      const limit = early.limit();
      return limit === undefined ? [] : [limit];
    },
  };
}
