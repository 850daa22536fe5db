import { bytes, kind, number, same, type OracleProtocol } from '../mapping.ts';

export const arp: OracleProtocol = {
  protocols: ['arp'],
  layers: ['arp'],
  fields: {
    'arp.hw.type': number('hardwareType'),
    'arp.proto.type': number('protocolType'),
    'arp.hw.size': number('hardwareLength'),
    'arp.proto.size': number('protocolLength'),
    'arp.opcode': number('operation'),
    'arp.src.hw_mac': same('senderMac'),
    'arp.src.hw': bytes('senderHardware', 'senderMac'),
    'arp.src.proto_ipv4': same('senderIp'),
    'arp.src.proto': bytes('senderProtocol', 'senderIp'),
    'arp.dst.hw_mac': same('targetMac'),
    'arp.dst.hw': bytes('targetHardware', 'targetMac'),
    'arp.dst.proto_ipv4': same('targetIp'),
    'arp.dst.proto': bytes('targetProtocol', 'targetIp'),
    'arp.isprobe': kind('probe'),
    'arp.isannouncement': kind('announcement'),
  },
  unmapped: [
    {
      reason: 'generated: sender and target IP are equal, which our announcement says of requests and replies alike',
      names: ['arp.isgratuitous'],
    },
  ],
};
