import { BoundedMap, type LimitReached } from '../../flow/bounded.ts';
import type { Dhcp4Message } from '../../flow/dhcp4/types.ts';
import type { Transfer, TransferEnd } from '../../flow/transfers/types.ts';
import type { SwitchLine, SwitchText } from '../../flow/switch/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import { clientText } from '../dhcp4/words.ts';
import type { EmitFinding } from '../detector.ts';
import { lineNote, placeOf, placeText } from './words.ts';

/** Machines whose leases and unanswered reads are remembered. */
const MACHINES = 4_096;
const ROWS = 2;
const READS = 2;

interface Machine {
  ack: Dhcp4Message;
  /** Reads that nobody answered after the ACK, and the first of them. */
  unanswered: Transfer[];
  /** It was answered after its ACK: a guard lets nothing pass. */
  passed: boolean;
}

/**
 * Machines whose lease the switch's binding table contradicts, and whose reads after it nobody answered: with one vantage
 * a table says what no packet shows. (IP source guard logs no packet at all.)
 */
export class ContradictedLeases {
  private readonly machines: BoundedMap<number, Machine>;
  private readonly text: SwitchText;

  constructor(id: string, text: SwitchText) {
    this.text = text;
    this.machines = new BoundedMap(`${id}.leases`, MACHINES);
  }

  lease(m: Dhcp4Message): void {
    if (this.text.empty || m.copy || m.kind !== 'ACK' || m.yiaddr === 0 || m.chaddr < 0 || m.proxy) return;
    this.machines.set(m.chaddr, { ack: m, unanswered: [], passed: false });
  }

  transfer(transfer: Transfer, end: TransferEnd): void {
    const machine = this.machines.peek(transfer.clientMac);
    if (machine === undefined || transfer.firstTime < machine.ack.time || transfer.client !== machine.ack.yiaddr)
      return;
    if (transfer.sources.length > 0) machine.passed = true;
    else if (end === 'unanswered' && transfer.couldSeeReplies) machine.unanswered.push(transfer);
  }

  end(emit: EmitFinding): void {
    for (const [mac, machine] of this.machines.entries()) {
      const [read] = machine.unanswered;
      if (read === undefined || machine.passed) continue;
      const against = this.against(mac, machine.ack.yiaddr);
      if (against !== undefined) this.tell(mac, machine, read, against, emit);
    }
  }

  limits(): LimitReached[] {
    return [this.machines.limit() ?? []].flat();
  }

  /** Rows that bind the machine to another address, or its address to another machine; undefined where one allows it. */
  private against(mac: number, address: number): [SwitchLine, ...SwitchLine[]] | undefined {
    const rows = [
      ...this.text.linesFor({ mac, kinds: ['binding'] }),
      ...this.text.linesFor({ ip: address, kinds: ['binding'] }),
    ];
    if (rows.some((row) => row.mac === mac && row.ip === address)) return undefined;
    const [first, ...rest] = rows;
    return first === undefined ? undefined : [first, ...rest.slice(0, ROWS - 1)];
  }

  private tell(
    mac: number,
    { ack, unanswered }: Machine,
    read: Transfer,
    rows: [SwitchLine, ...SwitchLine[]],
    emit: EmitFinding,
  ): void {
    const [row] = rows;
    const station = macText(mac);
    const address = ipv4Text(ack.yiaddr);
    const asked = unanswered.reduce((sum, { requestCount }) => sum + requestCount, 0);
    const other =
      row.mac === mac
        ? `binds it to ${typeof row.ip === 'number' ? ipv4Text(row.ip) : 'another address'}`
        : `binds ${address} to ${macText(row.mac)}`;
    const where = placeText(placeOf(row, this.text));
    emit({
      subject: { client: station, address },
      severity: 'high',
      confidence: confidence(
        'likely',
        [
          `the lease of ${address} was made (ACK), and the table of ${where} ${other}`,
          `${asked} request${asked === 1 ? '' : 's'} of it to read a boot file got no answer, which would be seen here`,
        ],
        [
          'whether the guard is on at this port: `show ip verify source`',
          'a capture at the server: whether the requests arrive',
        ],
      ),
      message: `${station} has a lease of ${address}, but the table of ${where} ${other}, and nobody answers what it sends: IP source guard drops what its table does not bind.`,
      segment: read.segment,
      time: read.firstTime,
      evidence: [
        { kind: 'frame', sight: ack.sight, note: `ACK to ${clientText(ack)}: the lease was made` },
        ...unanswered
          .slice(0, READS)
          .map(({ request }) => ({ kind: 'frame' as const, sight: request, note: 'a request that is not answered' })),
        ...rows.map((one) => lineNote(one, this.text)),
      ],
      count: asked,
      causes: [
        'IP source guard with a binding that is out of date: snooping did not see this ACK, or the row was made by hand',
        'the server does not answer (see tftp-stalled), and the table is of another VLAN or switch',
      ],
    });
  }
}
