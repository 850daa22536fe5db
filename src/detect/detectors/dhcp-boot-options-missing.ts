import { BoundedMap } from '../../flow/bounded.ts';
import type { Dhcp4Message, Exchange4 } from '../../flow/dhcp4/types.ts';
import { ipv4Text } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import type { EvidenceNote } from '../finding.ts';
import { bootOrder } from '../dhcp4/boot.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { WATCH_STEP } from '../dhcp4/remedies.ts';
import { roomOf } from '../dhcp4/room.ts';
import { named, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { clientKey, discoverNote, replyNote } from '../dhcp4/words.ts';

/** Machines that hold a lease without boot instructions and may still get them: a rack row or two booting at once. */
const WAITING = 4096;
/** Machines known to have boot instructions or to fetch: a large site's. */
const CARED_FOR = 16_384;

/** A PXE client that was leased an address and nothing to boot. */
interface Waiting {
  server: Server4;
  segment: number;
  time: number;
  /** What is missing. */
  lacks: 'file' | 'server';
  evidence: EvidenceNote[];
}

interface Facts {
  server: Server4;
  clients: Distinct;
  lacks: Waiting['lacks'];
}

export const dhcpBootOptionsMissing: Detector = {
  id: 'dhcp-boot-options-missing',
  title: 'PXE client leased without boot instructions',
  severity: 'medium',
  about:
    'A machine that boots from the network got an address, but neither next-server nor boot file, and no ProxyDHCP server told it either. Its firmware gives up or goes on to the next boot device; in MAAS it never reaches commissioning or deployment.',
  fires: [
    'an ACK to a PXE or HTTP-boot client without boot file (file, 67, a boot menu in 43), and no ProxyDHCP reply to that client',
    'an ACK with a boot file and nobody to fetch it from (no siaddr, 66, 150, URL)',
  ],
  quiet: [
    'a ProxyDHCP offer to the client, or its question on port 4011',
    "a client that is no network boot; an installer's later DHCP without vendor class",
    'a client that is then seen to fetch by TFTP or HTTP: it knew from elsewhere',
    'a second stage (iPXE, an installer) of a machine that was told what to boot before',
    'a lease by a server that the site does not authorise (dhcp-rogue-server)',
    'options that may have stood in what the capture cut off',
  ],
  needs: ['ipv4', 'mac', 'time', 'vendor-class', 'filename'],
  references: ['RFC 2131 2', 'RFC 2132 9.4, 9.5', 'RFC 4578', 'PXE 2.1'],
  remedy: {
    runbook: '',
    steps: [
      'In MAAS see that the VLAN\'s DHCP is served by the rack controllers (Subnets, the VLAN, "Provide DHCP"); MAAS then fills in next-server and boot file by architecture.',
      'With an external DHCP server set next-server (siaddr, option 66) to the rack and the boot file (67) by architecture (93): 00:00 `lpxelinux.0`, 00:07 `bootx64.efi`, 00:0B `bootaa64.efi`; 00:10 an absolute URL with vendor class `HTTPClient`.',
      'If a ProxyDHCP server should answer, see that it runs (`ss -lunp` shows UDP 67 and 4011) and that the switch lets its port speak (DHCP snooping: trusted port).',
    ],
    verify: [WATCH_STEP, 'The ACK to a PXE client carries a boot file and a next-server.'],
  },
  start,
};

function start(context: DetectorContext): DetectorRun {
  const { standings } = roomOf(context);
  const cases = new Cases<Facts>('dhcp-boot-options-missing', newFacts, tell);
  const waiting = new BoundedMap<number | string, Waiting>('dhcp-boot-options-missing.clients', WAITING);
  const caredFor = new BoundedMap<number | string, true>('dhcp-boot-options-missing.served', CARED_FOR);
  const byAddress = new BoundedMap<number, number | string>('dhcp-boot-options-missing.addresses', WAITING);

  const served = (key: number | string): void => {
    waiting.delete(key);
    caredFor.set(key, true);
  };

  const replied = (m: Dhcp4Message, exchange: Exchange4 | undefined): void => {
    if (m.kind !== 'OFFER' && m.kind !== 'ACK') return;
    if (m.proxy) {
      served(clientKey(m));
      return;
    }
    if (m.kind !== 'ACK' || m.yiaddr === 0 || exchange === undefined || !exchange.clientClass.pxe) return;
    const { phase } = exchange;
    if (phase !== 'selecting' && phase !== 'init-reboot') return;
    const key = clientKey(m);
    const lacks = missing(m);
    if (lacks === undefined) {
      if (bootOrder(m.promise) !== undefined) served(key);
      return;
    }
    const server = serverOf(m);
    if (!m.whole || !named(server) || caredFor.has(key)) return;
    if (standings.of(m, server) === 'unauthorised') return;
    if (exchange.offers.some((offer) => offer.proxy)) return;
    const [discover] = exchange.discovers;
    waiting.set(key, {
      server,
      segment: m.segment,
      time: m.time,
      lacks,
      evidence: [...(discover === undefined ? [] : [discoverNote(discover)]), replyNote(m)],
    });
    byAddress.set(m.yiaddr, key);
  };

  const end = (emit: EmitFinding): void => {
    for (const [key, one] of waiting.entries()) {
      const { server } = one;
      const file = cases.open(
        `${server.address}/${server.mac}/${one.lacks}`,
        () => ({ ...serverSubject(server), missing: one.lacks }),
        one.segment,
      );
      file.facts.server = server;
      file.facts.lacks = one.lacks;
      file.facts.clients.add(key);
      cases.note(file, one.time, () => one.evidence, emit);
    }
    cases.end(emit);
  };

  return {
    on: {
      'dhcp4-message': ({ message: m, exchange }) => {
        if (m.copy) return;
        if (m.reply) replied(m, exchange);
        // Asked on 4011: there is a ProxyDHCP server, whether or not its answers pass here.
        else if (m.proxy || m.dstPort === 4011) served(clientKey(m));
      },
      'transfer-request': ({ transfer }) => {
        if (waiting.size === 0 || transfer.write || typeof transfer.client !== 'number') return;
        const key = byAddress.get(transfer.client);
        if (key !== undefined) served(key);
      },
    },
    end,
    limits: () => [...cases.limits(), ...[waiting.limit() ?? []].flat()],
  };
}

/** What the ACK lacks to boot by; undefined when it has all. Option 43 may hold a whole menu. */
function missing(m: Dhcp4Message): Waiting['lacks'] | undefined {
  const { promise } = m;
  if (promise === undefined) return undefined;
  const order = bootOrder(promise);
  if (order === undefined) return promise.vendorOptions === '' ? 'file' : undefined;
  if (order.servers.length > 0 || promise.serverName !== '' || promise.bootFile.includes('://')) return undefined;
  return order.file === '' ? undefined : 'server';
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    clients: new Distinct('dhcp-boot-options-missing.told'),
    lacks: 'file',
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const who = serverText(facts.server);
  const reasons = [
    'the client asks as a network boot (60, 93 or 97)',
    'no ProxyDHCP reply to it was seen, and no fetch',
  ];
  // Firmware without next-server may try the DHCP server itself.
  const weak = facts.lacks === 'server';
  const what =
    facts.lacks === 'file'
      ? 'no boot file and no boot menu'
      : `a boot file but no server to fetch it from${facts.server.address > 0 ? ` (some firmware then tries ${ipv4Text(facts.server.address)})` : ''}`;
  return {
    confidence: confidence(weak ? 'possible' : 'likely', reasons, [
      "a capture at the client's port through the end of its boot attempt: a ProxyDHCP server elsewhere may answer it by unicast",
    ]),
    message: `${who} leased an address to ${facts.clients.text('booting client')} (${facts.clients.list(3)}) with ${what}, and no ProxyDHCP server answered.`,
  };
}
