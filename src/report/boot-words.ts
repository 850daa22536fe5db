import { architecturesOf, maasFileFor } from '../flow/boots/files.ts';
import type { Boot, BootStep, Rung, RungName } from '../flow/boots/types.ts';
import { addressText, safeText } from '../wire/values.ts';

/** Option 93 (RFC 4578 2.1, IANA "Processor Architecture Types"), those that provisioning meets. */
const ARCHITECTURES: Readonly<Record<number, string>> = {
  0: 'x86 BIOS',
  6: 'x86 UEFI',
  7: 'x64 UEFI',
  9: 'EBC UEFI',
  10: 'ARM 32-bit UEFI',
  11: 'ARM 64-bit UEFI',
  12: 'PowerPC Open Firmware',
  14: 'POWER OPAL v3',
  15: 'x86 UEFI HTTP',
  16: 'x64 UEFI HTTP',
  19: 'ARM 64-bit UEFI HTTP',
  31: 's390 Basic',
  32: 's390 Extended',
};

/** How an exchange or a file ended. */
const OUTCOMES: Readonly<Record<string, string>> = {
  ack: 'leased',
  'proxy-ack': 'answered',
  'proxy-offer': 'a ProxyDHCP named what to boot',
  reply: 'answered',
  nak: 'refused by NAK',
  declined: 'the address was declined as in use',
  'no-offer': 'no OFFER came',
  'no-reply': 'no answer came',
  'no-address': 'the server gave no address',
  'offer-lost': 'an OFFER was sent and never arrived',
  'ack-lost': 'an ACK was sent and never arrived',
  'offer-ignored': 'offers came and the client took none',
  'no-answer': 'the REQUEST was not answered',
  'not-visible': 'answers do not pass this vantage',
  open: 'still open at the end of the capture',
  complete: 'complete',
  refused: 'refused by the server',
  aborted: 'ended by the client',
  'size-asked': 'only its size was asked for',
  stalled: 'stopped in the middle',
  unanswered: 'never answered',
};

/** Why a rung stands so that has no exchange and no file. */
const RUNG_OUTCOMES: Readonly<Record<string, string>> = {
  'first-frame': 'first frame of the machine',
  'stp-blocked': 'spanning tree never let the port forward',
  'lacp-suspended': 'the port was held for an aggregation that never formed',
  accepted: 'logged in',
  rejected: 'the login was rejected',
  'no-outcome': 'it answered, and nothing was decided',
  'no-authenticator': 'the machine asked to log in, and nobody answered',
  'no-supplicant': 'the port asks who it is, and the machine never answers: its firmware has no 802.1X',
  'let-in-without': 'the port asked for a login, and let the machine on without one',
  'not-needed': 'the DHCP server itself named the boot file',
  'before-capture': 'it lies before the capture',
  'went-on': 'it does not pass here; the machine went on',
  reported: 'the system reported itself',
  'proxy-offer': 'a ProxyDHCP named what to boot',
};

export const RUNG_TITLES: Readonly<Record<RungName, string>> = {
  link: 'link',
  dot1x: '802.1X',
  dhcp: 'DHCP',
  proxydhcp: 'ProxyDHCP',
  'boot-file': 'boot file',
  configuration: 'configuration',
  kernel: 'kernel',
  initrd: 'initrd',
  'root-image': 'root image',
  metadata: 'metadata',
  packages: 'packages',
  done: 'done',
};

export function architectureText(architectures: readonly number[]): string {
  return architectures.map((n) => ARCHITECTURES[n] ?? `architecture ${n}`).join(', ');
}

/** One exchange or file in a line: whom, what, how it ended. */
export function stepText(step: BootStep): string {
  return `${what(step)}: ${outcomeText(step)}`.trim();
}

function what({ label, server, name }: BootStep): string {
  const from = server === -1 ? '' : ` from ${addressText(server)}`;
  return `${safeText(label) || (name === 'dhcp' ? 'DHCP' : '')}${from}`;
}

function outcomeText({ outcome }: BootStep): string {
  return OUTCOMES[outcome] ?? outcome;
}

/** What a rung came to: its deciding step, and what is known beside it. */
export function rungText(rung: Rung, boot: Boot): string {
  const { steps, outcome, notes } = rung;
  const parts: string[] = [];
  const done = steps.filter(({ state }) => state === 'done');
  const [only] = steps;
  if (outcome === 'went-on') parts.push(...steps.slice(-1).map(what));
  else if (only !== undefined && steps.length === 1) parts.push(stepText(only));
  else if (only !== undefined && (rung.name === 'dhcp' || rung.name === 'proxydhcp')) {
    parts.push(...stages(steps));
  } else if (only !== undefined) {
    const last = done.at(-1) ?? steps.at(-1) ?? only;
    const others = steps.filter((step) => step !== last);
    const vain = others.filter(({ state }) => state === 'failed' || state === 'missing');
    const again = vain.filter(({ label }) => label === last.label).length;
    const failed = vain.length - again;
    const fetched = others.filter(({ state }) => state === 'done').length;
    const counts = [
      ...(fetched > 0 ? [`${fetched} more fetched`] : []),
      ...(again > 0 ? [`${again} attempt${again === 1 ? '' : 's'} in vain`] : []),
      ...(failed > 0 ? [`${failed} other name${failed === 1 ? '' : 's'} not there`] : []),
    ];
    parts.push(`${stepText(last)}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`);
  }
  const own = RUNG_OUTCOMES[outcome];
  if (own !== undefined && (steps.length === 0 || outcome === 'went-on')) parts.push(own);
  if (rung.name === 'boot-file') parts.push(...maasText(boot, done.at(-1)));
  for (const { elsewhere } of steps) {
    for (const { outcome: other } of elsewhere) parts.push(`another vantage: ${OUTCOMES[other] ?? other}`);
  }
  return [...parts, ...notes].join('; ');
}

/** Each stage that asked for an address: the firmware, iPXE, the installer. */
function stages(steps: readonly BootStep[]): string[] {
  const by = new Map<string, BootStep[]>();
  for (const step of steps) by.set(step.stage, [...(by.get(step.stage) ?? []), step]);
  return [...by].map(([stage, list]) => {
    const last = list.at(-1);
    const times = list.length > 1 ? ` (${list.length} exchanges)` : '';
    return last === undefined ? '' : `${STAGES[stage] ?? stage} ${stepText(last)}${times}`;
  });
}

const STAGES: Readonly<Record<string, string>> = { firmware: 'firmware', loader: 'loader', system: 'system' };

/** Whether the file is what MAAS serves to such a machine. */
function maasText({ architectures }: Boot, fetched: BootStep | undefined): string[] {
  if (fetched === undefined || architectures.length === 0) return [];
  const { maas, architectures: runs } = architecturesOf(fetched.label);
  if (!maas || !architectures.some((one) => runs.includes(one))) return [];
  return [`what MAAS serves to ${architectureText(architectures)}`];
}

/** Why the machine came no further; '' where it did not stop. */
export function whyText(boot: Boot): string {
  const { why, stopStep, promised, architectures } = boot;
  const machine = architectureText(architectures) || 'this machine';
  const file = stopStep === undefined ? '' : safeText(stopStep.label);
  switch (why) {
    case '':
      return '';
    case 'no-boot-file': {
      const name = maasFileFor(architectures);
      const maas = name === '' ? '' : ` (MAAS gives ${machine} ${name})`;
      return `it has an address, and nobody named a boot file${maas}`;
    }
    case 'never-asked': {
      const from = promised === undefined || promised.server === -1 ? '' : ` from ${addressText(promised.server)}`;
      return `it was told to fetch ${safeText(promised?.file ?? '')}${from} and never asked for it: the server's address does not answer, or the firmware takes another answer`;
    }
    case 'wrong-architecture':
      return `${file} was fetched, but it runs on ${architectureText(architecturesOf(file).architectures)}, and the machine is ${machine}`;
    case 'loader-silent':
      return `${file} was fetched, and nothing followed: refused by the firmware (Secure Boot, wrong architecture), or it went on where this vantage cannot see`;
    case 'system-silent':
      return `${file} was fetched, and the system that was loaded was never heard of: it did not start, or its driver does not know the network card`;
    case 'silence':
      return `${file === '' ? 'the last step' : file} was done, and nothing followed`;
    case 'unicast-not-visible':
      return 'what goes to this machine alone does not pass here: how far it came is not known';
    case 'not-visible':
    case 'open':
      return stopStep === undefined ? (OUTCOMES[why] ?? why) : stepText(stopStep);
    default:
      return stopStep === undefined ? (RUNG_OUTCOMES[why] ?? why) : stepText(stopStep);
  }
}
