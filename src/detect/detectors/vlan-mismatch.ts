import type { SwitchLine } from '../../flow/switch/types.ts';
import type { Advertiser } from '../../flow/link/types.ts';
import { ipv4Text, macText } from '../../wire/values.ts';
import { confidence } from '../confidence.ts';
import type { Detector, DetectorContext, DetectorRun, EmitFinding } from '../detector.ts';
import { Said } from '../link/said.ts';
import { portText, timeOfLine } from '../link/words.ts';
import { lineNote } from '../switch/words.ts';

export const vlanMismatch: Detector = {
  id: 'vlan-mismatch',
  title: 'Two ends of a link are in different VLANs',
  severity: 'medium',
  about:
    'The untagged VLAN of one end is another one at the other end, or a server answers on another VLAN than the one it was asked on. Machines ask for an address in a VLAN where nobody serves them, or get one of a network that is not theirs.',
  fires: [
    'the two ends of one cable advertise different native VLANs (LLDP port VLAN, CDP native VLAN)',
    'a DHCP server answers a client on another VLAN than that of the question, without a relay, and neither is seen on the other',
    "the switch's log says that the native VLANs differ",
  ],
  quiet: [
    'an end that advertises no VLAN, or more than two ends on one segment (a mirror of several ports)',
    'a relay between the two VLANs, and captures that show both sides of a tagging port',
  ],
  needs: ['mac', 'vlan', 'time'],
  references: ['IEEE 802.1Q Annex D', 'IEEE 802.1Q 6.9'],
  proof:
    "In the lab both ends are scripts that send CDP; an answer on another VLAN and the switch's line are proved with hand-built frames and lines.",
  remedy: {
    runbook: '',
    steps: [
      'Compare access or native VLAN of both ports. Cisco: `show interfaces <port> switchport`; Juniper: `show ethernet-switching interface <port>`; AOS-CX: `show vlan port <port>`.',
      'Make them equal, or tag the VLAN on both ends.',
    ],
    verify: ['Both ends advertise the same VLAN, and the DISCOVER is answered on the VLAN where it was sent.'],
  },
  start,
};

function start({ switchText }: DetectorContext): DetectorRun {
  const said = new Said('vlan-mismatch.lines', switchText);
  const tellLine = (line: SwitchLine, emit: EmitFinding): void => {
    emit({
      subject: { device: line.device, port: line.port },
      confidence: confidence('certain', ['the switch says so']),
      message: `The switch${line.device === '' ? '' : ` ${line.device}`} says that the native VLAN of port ${line.port} differs from that of its neighbour.`,
      segment: -1,
      time: timeOfLine(line),
      evidence: [lineNote(line, switchText)],
      count: line.count,
    });
  };

  return {
    on: {
      'switch-line'({ line }) {
        if (line.kind !== 'vlan-mismatch') return;
        said.add(line);
      },
      'link-advertised'({ link, advertisers, time }, emit) {
        const ends = [...new Set(advertisers.map(({ mac }) => mac))];
        // One device may speak LLDP and CDP; more than two senders are a mirror of several ports.
        if (ends.length !== 2) return;
        const [a, b] = ends.map((mac) => advertisers.find((one) => one.mac === mac && one.vlan > 0));
        if (a === undefined || b === undefined || a.vlan === b.vlan || a.device === b.device) return;
        emit({
          subject: { ends: [endText(a), endText(b)].sort() },
          confidence: confidence(
            'likely',
            [
              `${endText(a)} advertises VLAN ${a.vlan} by ${a.by}`,
              `${endText(b)} advertises VLAN ${b.vlan} by ${b.by}`,
              'such frames go no further than the next port, so both are ends of one link',
            ],
            ['the configuration of both ports'],
          ),
          message: `The two ends of a link are in different VLANs: ${endText(a)} in ${a.vlan}, ${endText(b)} in ${b.vlan}.`,
          segment: link.segment,
          time,
          evidence: [
            { kind: 'frame', sight: a.last, note: `${a.by}: untagged VLAN ${a.vlan}` },
            { kind: 'frame', sight: b.last, note: `${b.by}: untagged VLAN ${b.vlan}` },
          ],
        });
      },
      'vlan-crossed'({ segment, mac, requestVlan, replyVlan, server, request, reply, time }, emit) {
        const client = macText(mac);
        // A card may take the tag off one direction.
        const tagged = requestVlan > 0 && replyVlan > 0;
        emit({
          subject: { client, vlans: [vlanText(requestVlan), vlanText(replyVlan)] },
          confidence: confidence(
            tagged ? 'likely' : 'possible',
            [
              `the question was seen on ${vlanText(requestVlan)} only, the answer on ${vlanText(replyVlan)} only`,
              'no relay stands between',
            ],
            tagged ? ['the access VLAN of both ports'] : ['whether the recording card strips tags in one direction'],
          ),
          message: `${client}${portText(switchText, mac)} asks on ${vlanText(requestVlan)} and ${server < 0 ? 'a server' : ipv4Text(server)} answers on ${vlanText(replyVlan)}.`,
          segment,
          time,
          evidence: [
            { kind: 'frame', sight: request, note: `asks on ${vlanText(requestVlan)}` },
            { kind: 'frame', sight: reply, note: `answered on ${vlanText(replyVlan)}` },
          ],
          causes: [
            'the access VLAN of one port is wrong',
            'native VLANs of a trunk differ',
            'a bridge joins two VLANs',
          ],
        });
      },
    },
    end(emit) {
      for (const line of said.during()) tellLine(line, emit);
    },
    limits: () => said.limits(),
  };
}

function endText({ device, port }: Advertiser): string {
  return port === '' ? device : `${device} ${port}`;
}

function vlanText(vlan: number): string {
  return vlan === 0 ? 'the untagged VLAN' : `VLAN ${vlan}`;
}
