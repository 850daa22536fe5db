import type { Envelope } from '../../wire/envelope.ts';
import type { Span } from '../../wire/fault.ts';
import type { CdpRecord } from '../../wire/protocols/cdp.ts';
import type { LldpId, LldpRecord } from '../../wire/protocols/lldp/index.ts';
import { addressText, macText, safeText, wireText } from '../../wire/values.ts';
import type { Emit } from '../flow.ts';
import { newStation, see, type SegmentState } from './segment.ts';
import type { Advertiser } from './types.ts';

/** Ports that speak on one segment: two ends of a cable, with both protocols each. */
const ADVERTISERS = 8;
/** Names are shown up to here. */
const SHOWN = 64;

/** LLDP and CDP on one segment: who is at the ends of the cable. */
export class AdvertiserSegment {
  readonly link: SegmentState;
  readonly advertisers: Advertiser[] = [];

  constructor(link: SegmentState) {
    this.link = link;
  }

  lldp(r: LldpRecord, e: Envelope, emit: Emit): void {
    if (r.ttl === 0) return;
    const device = idText(r.chassis, e.bytes);
    const port = idText(r.port, e.bytes);
    this.advertised('LLDP', device, port, r.portVlan, r.maxFrameSize, e, emit);
  }

  cdp(r: CdpRecord, e: Envelope, emit: Emit): void {
    if (r.ttl === 0) return;
    this.advertised('CDP', spanText(r.deviceId, e.bytes), spanText(r.portId, e.bytes), r.nativeVlan, r.mtu, e, emit);
  }

  private advertised(
    by: Advertiser['by'],
    device: string,
    port: string,
    vlan: number,
    size: number,
    e: Envelope,
    emit: Emit,
  ): void {
    let one = this.advertisers.find((known) => known.by === by && known.device === device && known.port === port);
    let changed = false;
    if (one === undefined) {
      if (this.advertisers.length >= ADVERTISERS) return;
      one = { ...newStation(e, e.ethSrc), by, device, port, vlan, size };
      this.advertisers.push(one);
      changed = true;
    }
    see(one, e);
    if (one.vlan !== vlan || one.size !== size) {
      one.vlan = vlan;
      one.size = size;
      changed = true;
    }
    if (changed) emit({ type: 'link-advertised', link: this.link, advertisers: this.advertisers, time: e.time });
  }
}

function idText(id: LldpId | undefined, bytes: Uint8Array): string {
  if (id === undefined) return '';
  if (id.mac >= 0) return macText(id.mac);
  return id.address === -1 ? spanText(id.value, bytes) : addressText(id.address);
}

function spanText(span: Span | undefined, bytes: Uint8Array): string {
  if (span === undefined) return '';
  const text = wireText(bytes, span);
  return safeText((typeof text === 'string' ? text : text.text).slice(0, SHOWN));
}
