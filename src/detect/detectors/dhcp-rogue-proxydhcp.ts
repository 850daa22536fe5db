import { REPLIES } from '../../flow/dhcp4/kinds.ts';
import type { Dhcp4Message, Exchange4, Promise4 } from '../../flow/dhcp4/types.ts';
import { groupAddress } from '../../flow/visibility.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Cases, type Case, type Telling } from '../dhcp4/cases.ts';
import { culpritKey, Culprits } from '../dhcp4/culprits.ts';
import { Distinct } from '../dhcp4/distinct.ts';
import { rogueRemedy } from '../dhcp4/remedies.ts';
import { named, serverOf, serverSubject, serverText, type Server4 } from '../dhcp4/servers.ts';
import { bootText, clientKey, clientText, discoverNote, frame, replyNote } from '../dhcp4/words.ts';

interface Facts {
  server: Server4;
  mac: number;
  clients: Distinct;
  replies: number;
  asked: Distinct;
  promise: Promise4 | undefined;
}

/** PXE 2.1, 2.2: the port on which a ProxyDHCP server is asked for the boot file. */
const PROXY_PORT = 4011;

export const dhcpRogueProxydhcp: Detector = {
  id: 'dhcp-rogue-proxydhcp',
  title: 'Rogue ProxyDHCP server',
  severity: 'high',
  about:
    'A machine answers network boots as ProxyDHCP that must not: it gives no address, only its own boot file. A probe for DHCP servers without the vendor class PXEClient, as MAAS sends, never sees it.',
  fires: [
    'a ProxyDHCP reply (yiaddr 0 with PXEClient or HTTPClient in option 60, or from port 4011) by a server that the profile or --authorized-server does not allow that role',
    'a client asks such a server on port 4011, also when its answers are not seen',
  ],
  quiet: [
    'without profile or --authorized-server: a ProxyDHCP server beside a DHCP server is the normal arrangement',
    'a DHCP server that the profile lists with the role proxydhcp, or without roles',
    'a missing option 51 or 54: ProxyDHCP leases nothing',
  ],
  needs: ['ipv4', 'mac', 'xid', 'time', 'vendor-class'],
  references: ['PXE 2.1 section 2.2', 'RFC 4578'],
  remedy: rogueRemedy(-1),
  start,
};

function start({ site }: DetectorContext): DetectorRun {
  const culprits = new Culprits('dhcp-rogue-proxydhcp.servers');
  const cases = new Cases<Facts>('dhcp-rogue-proxydhcp', newFacts, tell);

  const open = (m: Dhcp4Message, seen: Server4): Case<Facts> => {
    const server = culprits.resolve(seen);
    const one = cases.open(culpritKey(server), () => serverSubject(server), m.segment);
    one.facts.server = server;
    one.facts.mac = culprits.macOf(server);
    return one;
  };

  const on = (m: Dhcp4Message, exchange: Exchange4 | undefined, emit: EmitFinding): void => {
    if (m.copy) return;
    if (m.reply) {
      if (!m.proxy) return;
      const server = serverOf(m);
      if (!named(server) || site.proxyDhcp(server) !== 'unauthorised') return;
      const one = open(m, server);
      one.facts.clients.add(clientKey(m));
      one.facts.replies += 1;
      one.facts.promise = m.promise ?? one.facts.promise;
      const [discover] = exchange?.discovers ?? [];
      cases.note(one, m.time, () => [...(discover === undefined ? [] : [discoverNote(discover)]), replyNote(m)], emit);
      return;
    }
    if (m.dstPort !== PROXY_PORT || m.kind !== 'REQUEST' || m.ipDst <= 0 || m.ipDst === 0xffffffff) return;
    if (m.ethDst >= 0 && groupAddress(m.ethDst)) return;
    if (site.proxyDhcp({ address: m.ipDst, mac: -1 }) !== 'unauthorised') return;
    const one = open(m, { address: m.ipDst, mac: -1 });
    one.facts.asked.add(clientKey(m));
    cases.note(one, m.time, () => [frame(m, `REQUEST by ${clientText(m)} to its port 4011`)], emit);
  };

  return {
    on: { 'dhcp4-message': ({ message, exchange }, emit) => on(message, exchange, emit) },
    messages: { kinds: [...REPLIES, 'REQUEST'] },
    end: (emit) => cases.end(emit),
    limits: () => [...cases.limits(), ...culprits.limits()],
  };
}

function newFacts(): Facts {
  return {
    server: { address: -1, mac: -1 },
    mac: -1,
    clients: new Distinct('dhcp-rogue-proxydhcp.clients'),
    replies: 0,
    asked: new Distinct('dhcp-rogue-proxydhcp.asked'),
    promise: undefined,
  };
}

function tell({ facts }: Case<Facts>): Telling {
  const who = serverText({ address: facts.server.address, mac: facts.mac });
  const reason = 'neither the profile nor --authorized-server lists it as a ProxyDHCP server';
  if (facts.replies === 0) {
    return {
      confidence: confidence(
        'likely',
        [`clients ask it on port 4011; ${reason}`],
        ["a capture at the client's port, where its answers are seen"],
      ),
      message: `${who} is not an authorised ProxyDHCP server, yet ${facts.asked.text('client')} asked it on port 4011 what to boot; its own frames are not seen here.`,
      remedy: rogueRemedy(facts.mac),
    };
  }
  const boot = facts.promise === undefined ? '' : bootText(facts.promise);
  return {
    confidence: confidence('certain', [reason, 'its replies give no address and claim to be PXE boot servers']),
    message: `${who} is a rogue ProxyDHCP server: it told ${facts.clients.text('booting client')} what to boot${boot === '' ? '' : ` (${boot})`}${facts.asked.size > 0 ? `; ${facts.asked.text('client')} asked it on port 4011` : ''}.`,
    remedy: rogueRemedy(facts.mac),
  };
}
