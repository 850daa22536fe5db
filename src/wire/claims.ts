import type { Protocol } from './protocol.ts';

/** Four bytes of TCP payload are compared with these at most; a list, as it is short. */
const MAX_TCP_SHAPES = 32;
/** So are the SNAP protocols, of frames that are rare. */
const MAX_SNAPS = 32;

/**
 * The flat tables that the sieve and the dissector share. A cell holds a protocol's number: its place in the registry
 * plus one, 0 for none.
 */
export class ClaimTables {
  readonly udp = new Uint8Array(65536);
  readonly tcp = new Uint8Array(65536);
  readonly ether = new Uint8Array(65536);
  readonly ip = new Uint8Array(256);
  readonly icmp4 = new Uint8Array(256);
  readonly icmp6 = new Uint8Array(256);
  /** By service access point, the same as source and destination. */
  readonly llc = new Uint8Array(256);
  readonly snap: { oui: number; pid: number; claim: number }[] = [];
  /** By the first 16 bits of a UDP payload. */
  readonly udpShape = new Uint8Array(65536);
  /** By the first 32 bits of a TCP payload. */
  readonly tcpShape: { first: number; claim: number }[] = [];
  readonly protocols: readonly Protocol[];

  /** @throws Error when two protocols claim one number: a mistake in the registry, not in any input */
  constructor(protocols: readonly Protocol[]) {
    this.protocols = protocols;
    protocols.forEach((protocol, index) => {
      const claim = index + 1;
      const { claims } = protocol;
      fill(this.udp, claims.udp, claim, protocol.name, 'UDP port');
      fill(this.tcp, claims.tcp, claim, protocol.name, 'TCP port');
      fill(this.ether, claims.ether, claim, protocol.name, 'EtherType');
      fill(this.ip, claims.ip, claim, protocol.name, 'IP protocol');
      fill(this.icmp4, claims.icmp4, claim, protocol.name, 'ICMP type');
      fill(this.icmp6, claims.icmp6, claim, protocol.name, 'ICMPv6 type');
      fill(this.llc, claims.llc, claim, protocol.name, 'LLC service access point');
      for (const { oui, pid } of claims.snap ?? []) {
        if (this.snap.some((one) => one.oui === oui && one.pid === pid)) {
          throw new Error(`${protocol.name} claims SNAP protocol ${pid} of ${oui}, which another protocol has claimed`);
        }
        this.snap.push({ oui, pid, claim });
      }
      if (claims.shape?.over === 'udp') fill(this.udpShape, claims.shape.first, claim, protocol.name, 'UDP shape');
      if (claims.shape?.over === 'tcp') for (const first of claims.shape.first) this.tcpShape.push({ first, claim });
    });
    if (this.snap.length > MAX_SNAPS) throw new Error(`more than ${MAX_SNAPS} SNAP protocols are claimed`);
    if (this.tcpShape.length > MAX_TCP_SHAPES) throw new Error(`more than ${MAX_TCP_SHAPES} TCP shapes are claimed`);
  }
}

function fill(
  table: Uint8Array,
  numbers: readonly number[] | undefined,
  claim: number,
  name: string,
  what: string,
): void {
  for (const n of numbers ?? []) {
    if (table[n] !== 0) throw new Error(`${name} claims ${what} ${n}, which another protocol has claimed`);
    table[n] = claim;
  }
}
