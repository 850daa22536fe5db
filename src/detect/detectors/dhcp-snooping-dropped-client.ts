import { macText, ipv4Text } from '../../wire/values.ts';
import type { SwitchReason } from '../../flow/switch/types.ts';
import type { Detector, DetectorContext } from '../detector.ts';
import { kindsText, portText, startDrops, type DropFacts, type DropWords } from '../relay/drops.ts';
import { option82Text } from '../relay/option82.ts';
import type { Losses } from '../relay/losses.ts';
import { costOf, spokenConfidence, spokenDrops, type SpokenDropWords } from '../switch/drops.ts';
import { withSpoken } from '../switch/spoken.ts';
import { lineSentence } from '../switch/words.ts';
import { ALLOW_82, NO_INSERT, SEE_SNOOPING, TRUST_RACK, TWO_POINTS } from '../relay/remedies.ts';

const WORDS: DropWords = {
  id: 'dhcp-snooping-dropped-client',
  severity: 'high',
  kinds: ['client'],
  lines: ['snooping-drop'],
  atLeast: 1,
  // Where nothing at all arrives and the message is in order, it is not snooping's doing: the whole port is shut.
  takes: (loss, losses) => {
    const { message, last } = loss;
    const { dhcp, others } = losses.shared(last, message.missing);
    if (dhcp + others > 0 || ruleOf(message.chaddr, last) !== 'client-message') return true;
    return losses.lines(last.ethSrc, ['snooping-drop'], last.time).length > 0;
  },
  station: ({ message, last }) => (last.ethSrc >= 0 ? last.ethSrc : message.chaddr),
  subject: ({ message, last }) => ({
    rule: ruleOf(message.chaddr, last),
    ...(last.giaddr !== 0 ? { relay: ipv4Text(last.giaddr) } : {}),
  }),
  signature: ({ message, last }) => {
    const rule = ruleOf(message.chaddr, last);
    if (rule === 'relay-information') {
      return last.relayAgent === ''
        ? `it carries a relay address (${ipv4Text(last.giaddr)}), which snooping refuses on untrusted ports`
        : `it carries option 82 (${option82Text(last.relayAgent)}) with ${last.giaddr === 0 ? 'no relay address' : `relay address ${ipv4Text(last.giaddr)}`}, which snooping refuses on untrusted ports`;
    }
    return rule === 'chaddr-mismatch'
      ? `its hardware address ${macText(message.chaddr)} is not its Ethernet source ${macText(last.ethSrc)}, which snooping verifies by default`
      : '';
  },
  message: ({ clients, kinds, last, missing, signature, lines }, losses) => {
    const why = signature === '' ? '' : ` The first one shows why: ${signature}.`;
    return `${kindsText(kinds)} messages of ${clients.text('client')} (${clients.list(3)}) pass ${losses.name(last?.capture ?? -1)} and never arrive at ${losses.missingAt(missing)}${portText(lines)}.${why}`;
  },
  causes,
  wouldDecide: () => [
    'a capture on the next link between the two points: which device the request enters and does not leave',
  ],
};

export const dhcpSnoopingDroppedClient: Detector = {
  id: 'dhcp-snooping-dropped-client',
  title: "A switch drops the clients' DHCP requests",
  severity: 'high',
  about:
    'What clients ask is seen near them and never arrives further on, and nobody answered it. DHCP snooping drops a request that carries option 82 or a relay address on an untrusted port, one whose hardware address is not its source, and all of them where no port towards the server is trusted.',
  fires: [
    'a DISCOVER, REQUEST or INFORM is seen at one vantage, was answered by nobody, and is missing at a vantage nearer to the server, both captures running',
    'the other vantage holds nothing at all, its manifest says that it looked, and the message breaks a rule of snooping or a switch says so',
    'the message itself breaks a rule of snooping: option 82 or giaddr, chaddr unlike the source (likely); a line of the switch says so (certain)',
    'with one vantage: a line of the switch says that it dropped such a message while the capture ran (high where the client is seen to wait, low where it was answered all the same)',
  ],
  quiet: [
    'a request that was answered, wherever it was seen',
    'a vantage at another client, to which snooping sends no requests',
    'a burst that ends in silence (dhcp-snooping-rate-limited), many hops (relay-hops-exceeded), RELEASE and DECLINE (dhcp-snooping-binding-stale)',
    'one vantage alone, without a word of the switch (dhcp-no-offer)',
    'a port through which nothing at all passes, and messages that are in order: another VLAN, 802.1X, spanning tree',
  ],
  needs: ['mac', 'xid', 'time', 'circuit-id'],
  references: ['RFC 3046 2.1.1', 'Cisco: DHCP snooping, verify mac-address, option 82 on untrusted ports'],
  proof:
    "The lab's guarding switch is a script between two interfaces that drops by the same rule; no switch of a vendor took part. Its lines are of the forms that docs/switch-text.md proves, with the scenario's own addresses, ports and times.",
  remedy: {
    runbook: 'RB-2',
    steps: [
      SEE_SNOOPING,
      TRUST_RACK,
      ALLOW_82,
      NO_INSERT,
      'Where machines ask through a bridge or hypervisor with another source address: Cisco `no ip dhcp snooping verify mac-address`, or bridge without address translation.',
    ],
    verify: [TWO_POINTS],
  },
  start: (context: DetectorContext) => withSpoken(startDrops(context, WORDS), spokenDrops(context, spoken(context))),
};

/** RELEASE, DECLINE and what contradicts a binding: dhcp-snooping-binding-stale. */
const BINDINGS: readonly SwitchReason[] = ['other-port', 'no-binding'];

const RULES: Partial<Record<SwitchReason, string>> = {
  'relay-information': 'relay-information',
  'chaddr-mismatch': 'chaddr-mismatch',
};

function spoken({ switchText }: DetectorContext): SpokenDropWords {
  return {
    id: 'dhcp-snooping-dropped-client',
    ofServer: false,
    // What is said of DHCPv6 is not of these messages.
    takes: ({ kind, reason, message, ip }) =>
      kind === 'snooping-drop' &&
      !BINDINGS.includes(reason) &&
      message !== 'RELEASE' &&
      message !== 'DECLINE' &&
      typeof ip === 'number',
    subject: ({ reason }) => ({ rule: RULES[reason] ?? 'client-message' }),
    judge(drop) {
      const [line] = drop.lines;
      const cost = costOf(drop);
      const who = drop.stations.size === 0 ? 'clients' : `${drop.stations.text('client')} (${drop.stations.list(3)})`;
      const lost = cost === 'answered' ? ' They were answered all the same.' : '';
      return {
        severity: cost === 'unanswered' ? 'high' : cost === 'answered' ? 'low' : 'medium',
        confidence: spokenConfidence(
          'certain',
          drop,
          cost === 'unseen' ? ["a capture at the client's port: whether it gets its address another way"] : [],
        ),
        message: `${drop.where} drops DHCP messages of ${who}.${lost}`,
        causes: [lineSentence(line, switchText)],
      };
    },
    remedy: () => dhcpSnoopingDroppedClient.remedy,
  };
}

function ruleOf(chaddr: number, last: { relayAgent: string; giaddr: number; ethSrc: number }): string {
  if (last.relayAgent !== '' || last.giaddr !== 0) return 'relay-information';
  if (chaddr >= 0 && last.ethSrc >= 0 && chaddr !== last.ethSrc) return 'chaddr-mismatch';
  return 'client-message';
}

function causes({ first, last, missing }: DropFacts, losses: Losses): string[] {
  const rule = first === undefined || last === undefined ? 'client-message' : ruleOf(first.message.chaddr, last);
  const relay = missing.some(({ capture }) => losses.pair(last?.capture ?? -1, capture)?.relay === true);
  const list: string[] = [];
  if (rule === 'relay-information') {
    list.push('the next switch does not trust this port and refuses option 82 or a relay address on it');
    list.push('a relay or server above drops option 82 that comes without a relay address (RFC 3046 2.1.1)');
  } else if (rule === 'chaddr-mismatch') {
    list.push('the switch verifies that chaddr is the source address');
  } else if (relay) {
    list.push('the relay between does not forward from this interface, or has no helper address');
  } else {
    list.push(
      'DHCP snooping without a trusted port towards the server: client messages are flooded to trusted ports alone',
    );
  }
  list.push('another filter between the two points drops UDP to port 67');
  return list;
}
