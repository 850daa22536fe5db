import type { Detector } from '../detector.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import { startFaulty82 } from '../relay/faulty82.ts';
import { isWhole82, subOptions82 } from '../relay/option82.ts';
import { RELAY_CONFIG } from '../relay/remedies.ts';

export const option82Malformed: Detector = {
  id: 'option82-malformed',
  title: 'A malformed Option 82',
  severity: 'low',
  about:
    'The sub-options of Option 82 do not fill it: a length runs past its end, or there is none at all. Servers ignore the option, or drop the message.',
  fires: [
    'a sub-option whose length passes the end of the option, or an option without any sub-option; medium where the clients get no answer',
  ],
  quiet: [
    'unknown sub-options, and known ones in a form of their maker',
    'an option that the capture cut off, or that is longer than is kept',
    'several options 82 (option82-duplicated)',
  ],
  needs: ['mac', 'options', 'circuit-id'],
  references: ['RFC 3046 2.0'],
  proof: "The lab's inserting switch is a script between two interfaces; server and client are real.",
  remedy: {
    runbook: '',
    steps: [
      RELAY_CONFIG,
      'Update the software of the device that inserts it; until then turn the insertion off there.',
    ],
    verify: ['rackwitness explain <capture> <frame>: Option 82 shows its sub-options without a fault.'],
  },
  start: () =>
    startFaulty82({
      id: 'option82-malformed',
      wrong,
      message: (what, who, clients) => `${who} sends messages of ${clients} whose Option 82 is broken: ${what}.`,
      reason: 'the sub-options, read one after the other, do not end where the option ends',
      causes: ['the device that inserts the option has a fault', 'a text that is longer than the device has room for'],
    }),
};

function wrong({ relayAgent, relayAgentCount }: Dhcp4Message): string {
  if (relayAgentCount !== 1 || !isWhole82(relayAgent)) return '';
  const found = subOptions82(relayAgent).wrong;
  if (found === 'empty') return 'it holds no sub-option';
  return found === 'overrun' ? 'a sub-option is longer than what is left of the option' : '';
}
