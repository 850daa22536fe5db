import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Promise4 } from '../../flow/dhcp4/types.ts';
import type { Transfer, TransferSource } from '../../flow/transfers/types.ts';
import type { Address } from '../../wire/envelope.ts';
import { addressText, macText, parseIpv4, safeText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, EmitFinding } from '../detector.ts';
import type { Severity } from '../finding.ts';

/** Clients whose named boot servers are remembered. */
const MAX_CLIENTS = 16_384;
/** Boot servers named to one client; more are a forgery of their own. */
const MAX_NAMED = 32;

interface Named {
  /** The promise that was taken up last: most repeat it. */
  readonly promise: Promise4 | undefined;
  readonly servers: ReadonlySet<Address>;
  /** A boot server was named by host name, or a file was read whose content may name others. */
  readonly open: boolean;
}
const NOTHING: Named = { promise: undefined, servers: new Set(), open: false };

export const tftpRogueServer: Detector = {
  id: 'tftp-rogue-server',
  title: 'Boot files come from a TFTP server that nobody named',
  severity: 'high',
  about:
    'A machine reads its boot file from an address that no DHCP answer named to it, from one that the profile does not know, or two machines answer one request. Whoever serves the boot file owns the machine.',
  fires: [
    'the profile lists TFTP servers, and another one serves',
    'two machines (address or MAC) answer one request',
    'the first read after DHCP goes to an address that no answer named (siaddr, 66, 150, 43)',
  ],
  quiet: [
    'the server was named by siaddr, option 66, 150, 43',
    'a loader or a configuration was read before: it may name further servers',
    'a multihomed server that answers from its other address: `tftp-reply-wrong-source`',
    'no DHCP answer to this client was seen',
  ],
  needs: ['ipv4', 'ipv6', 'mac', 'filename'],
  references: ['RFC 1350 4', 'RFC 2132 9.4', 'RFC 5859', 'PXE 2.1 2.2'],
  remedy: {
    runbook: '',
    steps: [
      'Find the switch port of the MAC address in the switch address table, and shut it.',
      'Wipe and provision again every machine that read from it.',
      'Allow TFTP answers only from the racks: an access list on the provisioning VLAN.',
    ],
    verify: ['Nobody else answers a request for a boot file on this segment.'],
  },
  start({ site }) {
    const named = new BoundedMap<number, Named>('tftp-rogue-server.clients', MAX_CLIENTS);
    /** What one client was told, the next one mostly is: they share it. */
    let lastBefore = NOTHING;
    let lastNamed = NOTHING;
    let lastServer = -1;
    let lastSource = -1;
    return {
      on: {
        'dhcp4-message'({ message, exchange }) {
          const { promise } = message;
          if (promise === undefined || exchange === undefined || exchange.chaddr < 0) return;
          const known = named.get(exchange.chaddr) ?? NOTHING;
          if (known.promise === promise && known.servers.has(message.server)) return;
          const sameAsLast = known === lastBefore && promise === lastNamed.promise;
          if (!sameAsLast || message.server !== lastServer || message.ipSrc !== lastSource) {
            lastBefore = known;
            lastServer = message.server;
            lastSource = message.ipSrc;
            lastNamed = withNamed(known, message, promise);
          }
          named.set(exchange.chaddr, lastNamed);
        },
        'transfer-answer'({ transfer, source, time }, emit) {
          if (transfer.protocol !== 'tftp' || transfer.write || source.kind === 'ERROR') return;
          const first = transfer.sources[0];
          if (first !== undefined && first !== source) {
            twoAnswers(transfer, first, source, time, emit);
            return;
          }
          // A declared server that answers from its other address is `tftp-reply-wrong-source`.
          const sameMachine = source.mac >= 0 && source.mac === transfer.serverMac;
          if (sameMachine && site.tftpServer(transfer.server) === 'authorised') return;
          if (site.tftpServer(source.ip) === 'unauthorised') {
            say(transfer, source, time, emit, 'high', 'certain', 'is not among the TFTP servers of the profile');
            return;
          }
          const known = named.get(transfer.clientMac);
          if (known === undefined || known.open || known.servers.has(transfer.server)) return;
          if (site.tftpServer(source.ip) === 'authorised') return;
          say(transfer, source, time, emit, 'high', 'likely', 'was named to this client by no DHCP answer');
        },
        'transfer-end'({ transfer, end }) {
          if (end !== 'complete') return;
          const known = named.get(transfer.clientMac);
          if (known !== undefined && !known.open) named.set(transfer.clientMac, { ...known, open: true });
        },
      },
      messages: { kinds: ['OFFER', 'ACK', 'BOOTREPLY'] },
      limits: () => [named.limit()].filter((limit) => limit !== undefined),
    };
  },
};

/** What a client was told before and is told now. */
function withNamed(before: Named, message: Dhcp4Message, promise: Promise4): Named {
  const servers = new Set(before.servers);
  for (const server of [
    promise.nextServer,
    ...promise.tftpServers,
    ...promise.pxeBootServers,
    message.server,
    message.ipSrc,
  ]) {
    if (server > 0 && servers.size < MAX_NAMED) servers.add(server);
  }
  let open = before.open || promise.bootFile.includes('://');
  if (promise.serverName !== '') {
    const address = parseIpv4(promise.serverName);
    if (address >= 0) servers.add(address);
    else open = true;
  }
  return { promise, servers, open };
}

function say(
  transfer: Transfer,
  source: TransferSource,
  time: number,
  emit: EmitFinding,
  severity: Severity,
  level: 'certain' | 'likely',
  why: string,
): void {
  emit({
    subject: subjectOf(source),
    severity,
    confidence: confidence(
      level,
      [`the server ${why}`, 'it served content'],
      level === 'certain' ? [] : ['a profile that lists the TFTP servers'],
    ),
    message: `${describe(source)} serves ${safeText(transfer.file)} to ${addressText(transfer.client)}, and ${why}`,
    segment: transfer.segment,
    time,
    evidence: [
      {
        kind: 'frame',
        sight: transfer.request,
        note: `asks ${addressText(transfer.server)} for ${safeText(transfer.file)}`,
      },
      { kind: 'frame', sight: source.sight, note: `${source.kind} from ${describe(source)}` },
    ],
  });
}

function twoAnswers(
  transfer: Transfer,
  first: TransferSource,
  second: TransferSource,
  time: number,
  emit: EmitFinding,
): void {
  // The one that was not asked is the stranger; when both claim the asked address, neither can be named.
  const stranger = second.ip !== transfer.server ? second : first.ip !== transfer.server ? first : undefined;
  emit({
    subject:
      stranger === undefined
        ? { server: addressText(transfer.server), macs: [macText(first.mac), macText(second.mac)].sort() }
        : subjectOf(stranger),
    confidence: confidence(
      stranger === undefined ? 'likely' : 'certain',
      [
        'two machines answered one request',
        stranger === undefined ? 'both use the address that was asked' : 'one of them was not asked',
      ],
      stranger === undefined ? ['the MAC of the real server'] : [],
    ),
    message: `two machines answer the request of ${addressText(transfer.client)} for ${safeText(transfer.file)}: ${describe(first)} and ${describe(second)}`,
    segment: transfer.segment,
    time,
    evidence: [
      {
        kind: 'frame',
        sight: transfer.request,
        note: `asks ${addressText(transfer.server)} for ${safeText(transfer.file)}`,
      },
      { kind: 'frame', sight: first.sight, note: `${first.kind} from ${describe(first)}` },
      { kind: 'frame', sight: second.sight, note: `${second.kind} from ${describe(second)}` },
    ],
  });
}

function subjectOf(source: TransferSource): { server: string; mac: string } {
  return { server: addressText(source.ip), mac: source.mac < 0 ? '' : macText(source.mac) };
}

function describe(source: TransferSource): string {
  return source.mac < 0 ? addressText(source.ip) : `${addressText(source.ip)} (${macText(source.mac)})`;
}
