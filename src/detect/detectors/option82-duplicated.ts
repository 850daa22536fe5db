import type { Detector } from '../detector.ts';
import { startFaulty82 } from '../relay/faulty82.ts';
import { isWhole82 } from '../relay/option82.ts';
import { NO_INSERT, RELAY_CONFIG } from '../relay/remedies.ts';

export const option82Duplicated: Detector = {
  id: 'option82-duplicated',
  title: 'A message carries Option 82 twice',
  severity: 'low',
  about:
    'A relay added its Option 82 to a message that had one already, which RFC 3046 forbids. Servers read both as one (RFC 3396), use the first, or drop the message; the relay that gets the answer may not know its own part again.',
  fires: ['a message with two options 82 or more that together fit into one; medium where the clients get no answer'],
  quiet: [
    'one value longer than 255 bytes, which has to be split (RFC 3396)',
    'one Option 82',
    'copies of one message',
  ],
  needs: ['mac', 'options', 'circuit-id'],
  references: ['RFC 3046 2.1', 'RFC 3396 5'],
  proof:
    "The lab's inserting switch is a script between two interfaces; server and client are real. The relay that appends its own is ISC dhcrelay.",
  remedy: {
    runbook: '',
    steps: [
      NO_INSERT,
      'Or let the relay keep or replace what is there: ISC dhcrelay `-m forward` or `-m replace` instead of `append`; Cisco `ip dhcp relay information policy keep` or `replace`.',
      RELAY_CONFIG,
    ],
    verify: ['A new boot: the request at the server carries one Option 82.'],
  },
  start: () =>
    startFaulty82({
      id: 'option82-duplicated',
      wrong: ({ relayAgentCount, relayAgent }) =>
        relayAgentCount > 1 && isWhole82(relayAgent) ? `Option 82 stands in it ${relayAgentCount} times` : '',
      message: (what, who, clients) => `${what}: ${who} sends messages of ${clients} with more than one.`,
      reason: 'more than one option 82 in one message, and all of them would fit into one',
      causes: ['a relay appends its own to what a switch below inserted', 'two relays in a row, both inserting'],
    }),
};
