import { addressText, macText } from '../../wire/values.ts';
import type { DialectName, SwitchLine, SwitchReason, SwitchText } from '../../flow/switch/types.ts';
import type { EvidenceNote } from '../finding.ts';

/** Which port of which switch a line speaks of: its own words, else where the station was learned. */
export interface SwitchPlace {
  /** The switch's name, or the dialect's vendor where it does not say its name. */
  device: string;
  /** '' where neither the line nor a table says it. */
  port: string;
  /** The line of a table that gave the port; undefined where the line itself did. */
  learned: SwitchLine | undefined;
}

export function placeOf(line: SwitchLine, text: SwitchText): SwitchPlace {
  const named = line.device === '' ? `the switch (${line.vendor})` : line.device;
  if (line.port !== '' || line.mac <= 0) return { device: named, port: line.port, learned: undefined };
  const found = text.portOf(line.mac, line.vlan);
  // Of two switches that give their names only the same one's table says where its own message came in.
  if (found === undefined || (line.device !== '' && found.device !== '' && found.device !== line.device)) {
    return { device: named, port: '', learned: undefined };
  }
  return {
    device: line.device === '' && found.device !== '' ? found.device : named,
    port: found.port,
    learned: found.line,
  };
}

/** `sw1 port Gi1/0/7`. */
export function placeText({ device, port }: SwitchPlace): string {
  return port === '' ? device : `${device} port ${port}`;
}

const WHY: Partial<Record<SwitchReason, string>> = {
  'untrusted-port': 'the port is not trusted',
  'unauthorised-server': 'the server is not in the list of authorised servers',
  'chaddr-mismatch': 'chaddr differs from the source MAC address',
  'relay-information': 'giaddr or option 82 on a port that is not trusted',
  'other-port': 'the binding belongs to another port',
  'no-trusted-port': 'it was to leave by a port that is not trusted',
  malformed: 'the message is malformed',
  'no-binding': 'no binding allows it',
  acl: 'an ARP access list forbids it',
  'invalid-packet': 'its addresses contradict each other or are reserved',
  'address-taken': 'the address belongs to another client',
};

const GUARD: Partial<Record<SwitchLine['kind'], string>> = {
  'snooping-drop': 'DHCP snooping',
  'snooping-untrusted-server': 'DHCP snooping',
  'dai-drop': 'ARP inspection',
  'source-guard-drop': 'IP source guard',
  'ra-guard-drop': 'RA guard',
  'nd-drop': 'ND inspection',
};

/** One sentence without its full stop: `sw1 port Gi1/0/7 dropped OFFER of 52:54:…: the port is not trusted (DHCP snooping)`. */
export function lineSentence(line: SwitchLine, text: SwitchText): string {
  const where = placeText(placeOf(line, text));
  const station = stationText(line);
  const guard = GUARD[line.kind];
  if (guard !== undefined) {
    const what = messageText(line);
    const why = WHY[line.reason] ?? line.detail;
    return `${where} dropped ${what}${station === '' ? '' : ` of ${station}`}${why === '' ? '' : `: ${why}`} (${guard})`;
  }
  switch (line.kind) {
    case 'snooping-rate-limit':
      return `${where} got more DHCP messages than its limit`;
    case 'dai-rate-limit':
      return `${where} got more ARP messages than its limit`;
    case 'port-security':
      return `${where} refused ${station === '' ? 'a station' : station}: port security`;
    case 'err-disable':
      return `${where} was shut down by the switch${line.detail === '' ? '' : `: ${line.detail}`}`;
    case 'err-recover':
      return `${where} was taken back into service`;
    case 'mac-entry':
    case 'binding':
      return `${station} is on ${where}`;
    default:
      return `${where}: ${line.text}`;
  }
}

/** MAC and address of the station, as far as the line gives them. */
export function stationText({ mac, ip }: SwitchLine): string {
  return [mac > 0 ? macText(mac) : '', ip === -1 || ip === 0 ? '' : addressText(ip)]
    .filter((part) => part !== '')
    .join(' at ');
}

const MESSAGES: Partial<Record<SwitchLine['kind'], readonly [one: string, prefix: string]>> = {
  'dai-drop': ['an ARP message', 'ARP '],
  'source-guard-drop': ['a packet', ''],
  'ra-guard-drop': ['a Router Advertisement', ''],
  'nd-drop': ['an ND message', ''],
};

function messageText({ kind, message, count }: SwitchLine): string {
  const [one, prefix] = MESSAGES[kind] ?? ['a DHCP message', ''];
  if (message === '') return count > 1 ? `${count} messages` : one;
  return `${count > 1 ? `${count} ` : ''}${prefix}${message}`;
}

/** An interval up to this long (microseconds) can be told as a time: a stamp without a zone spans a day and more. */
const TELLABLE_US = 2e6;

/** Microseconds since 1970 UTC; undefined where the line has none, or one that is not known to the second. */
export function lineTime({ time }: SwitchLine): number | undefined {
  return time !== undefined && time.to - time.from <= TELLABLE_US ? time.from : undefined;
}

/** A line as evidence. */
export function lineNote(line: SwitchLine, text: SwitchText): EvidenceNote {
  const time = lineTime(line);
  return {
    kind: 'line',
    log: line.log,
    line: line.line,
    note: lineSentence(line, text),
    ...(time === undefined ? {} : { time }),
  };
}

interface Commands {
  trust: string;
  /** '' where none is known. */
  option82: string;
  mac: string;
  rate: string;
}

const IOS: Commands = {
  trust: '`interface <port>`, `ip dhcp snooping trust`',
  option82: '`ip dhcp snooping information option allow-untrusted`',
  mac: '`no ip dhcp snooping verify mac-address`',
  rate: '`interface <port>`, `ip dhcp snooping limit rate <per second>`',
};

const COMMANDS: Readonly<Record<DialectName, Commands>> = {
  'cisco-ios': IOS,
  'cisco-nxos': { ...IOS, option82: '', rate: '' },
  'arista-eos': { trust: '', option82: '', mac: '', rate: '' },
  'dell-os10': { ...IOS, option82: '', mac: '', rate: '' },
  'dell-ftos': { ...IOS, option82: '', mac: '', rate: '' },
  'allied-awplus': { ...IOS, option82: '', mac: '', rate: '' },
  'hpe-arubaos-switch': {
    trust: '`dhcp-snooping trust <port>`',
    option82: '`dhcp-snooping option 82 untrusted-policy keep`',
    mac: '`no dhcp-snooping verify mac`',
    rate: '',
  },
  'hpe-aos-cx': {
    trust: '`interface <port>`, `dhcpv4-snooping trust`',
    option82: '`dhcpv4-snooping option 82 untrusted-policy keep`',
    mac: '`no dhcpv4-snooping verify mac`',
    rate: '',
  },
  'juniper-ex': {
    trust: '`set ethernet-switching-options secure-access-port interface <port> dhcp-trusted`',
    option82: '',
    mac: '',
    rate: '',
  },
  'juniper-els': {
    trust:
      '`set vlans <vlan> forwarding-options dhcp-security group racks overrides trusted` and `… group racks interface <port>`',
    option82: '',
    mac: '',
    rate: '',
  },
};

/** What to do about what a line says, with the vendor's own command where it is known. */
export function lineRemedy(line: SwitchLine, text: SwitchText): string[] {
  const place = placeOf(line, text);
  const where = placeText(place);
  const commands = COMMANDS[line.dialect];
  const filled = (command: string): string =>
    command === ''
      ? ''
      : `: ${command.replaceAll('<port>', place.port === '' ? '<port>' : place.port).replaceAll('<vlan>', line.vlanName || (line.vlan > 0 ? String(line.vlan) : '<vlan>'))}`;
  switch (line.reason) {
    case 'untrusted-port':
      return [
        `Where the server behind ${where} belongs here, trust that port${filled(commands.trust)}; where it does not, shut the port down: the switch did right.`,
      ];
    case 'unauthorised-server':
      return [`Where the server behind ${where} belongs here, add it to the switch's list of authorised servers.`];
    case 'no-trusted-port':
      return [
        `Trust the port that leads to the servers (${where} is the one that was refused)${filled(commands.trust)}.`,
      ];
    case 'relay-information':
      return [
        `Let ${where} accept option 82 from the switch or relay behind it, or trust the port${filled(commands.option82)}.`,
      ];
    case 'chaddr-mismatch':
      return [
        `See why the machine behind ${where} sends with another MAC address than its own (bridge, bond, virtual machine); where that is meant, do not compare them${filled(commands.mac)}.`,
      ];
    case 'no-binding':
      return line.kind === 'dai-drop'
        ? [
            `Give the station behind ${where} a binding (let it take its lease anew, or add a static one) or trust the port for ARP inspection where a server or router stands there.`,
          ]
        : [];
    case 'rate':
      return [`Raise the limit of ${where} above what a boot needs, once the cause is known${filled(commands.rate)}.`];
    default:
      return [];
  }
}
