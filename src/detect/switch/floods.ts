import { macText } from '../../wire/values.ts';
import type { SwitchText } from '../../flow/switch/types.ts';
import { confidence } from '../confidence.ts';
import { PortLines } from './port-lines.ts';
import type { Spoken } from './spoken.ts';

/**
 * Refused stations from which a port is flooded. A hypervisor or a switch behind the port brings dozens too, but of few
 * vendors: three quarters of them must each have a vendor part of their own, as random addresses do.
 */
const MIN_STATIONS = 16;
const OWN_VENDOR = 0.75;
/** Random addresses share no first byte; pseudonyms of a redacted text do, and tell nothing. */
const FIRST_BYTES = 6;
const LINES = 8;

/** Floods of MAC addresses that port security refused: they never get past the port, so no capture behind it shows them. */
export function refusedFloods(text: SwitchText): Spoken {
  const ports = new PortLines('mac-flooding', text);
  return {
    line(line) {
      const shut = line.kind === 'err-disable' && line.reason === 'port-security';
      if (shut || (line.kind === 'port-security' && line.mac > 0)) ports.add(line);
    },
    end(emit) {
      for (const port of ports.during()) {
        const stations = [...new Set(port.lines.map(({ mac }) => mac).filter((mac) => mac > 0))];
        const vendors = new Set(stations.map((mac) => Math.floor(mac / 2 ** 24)));
        const firstBytes = new Set(stations.map((mac) => Math.floor(mac / 2 ** 40)));
        if (stations.length < MIN_STATIONS || vendors.size < stations.length * OWN_VENDOR) continue;
        if (firstBytes.size < FIRST_BYTES) continue;
        const shut = port.lines.some(({ kind }) => kind === 'err-disable');
        emit({
          subject: port.subject,
          confidence: confidence(
            'likely',
            [
              `the switch refused ${stations.length} MAC addresses on one port`,
              `they have ${vendors.size} different vendor parts, as random ones do`,
              ...(shut ? ['it shut the port down'] : []),
            ],
            ['a capture on that port: whether one machine sends them all'],
          ),
          message: `${port.where} was flooded with ${stations.length} MAC addresses (${macText(stations[0] ?? -1)} and others).`,
          segment: -1,
          time: port.time,
          count: port.lines.reduce((sum, { mac, count }) => sum + (mac > 0 ? count : 0), 0),
          evidence: port.evidence(LINES),
        });
      }
    },
    limits: () => ports.limits(),
  };
}
