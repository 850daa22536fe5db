import { number, same, text, type OracleProtocol } from '../mapping.ts';

/** HSRP versions 1 and 2 (tshark shows the second under names of its own). */
export const hsrp: OracleProtocol = {
  protocols: ['hsrp'],
  layers: ['hsrp', 'hsrp2'],
  fields: {
    'hsrp.version': number('version'),
    'hsrp.opcode': number('opcode'),
    'hsrp.state': number('state'),
    'hsrp.hellotime': number('helloTime'),
    'hsrp.holdtime': number('holdTime'),
    'hsrp.priority': number('priority'),
    'hsrp.group': number('group'),
    'hsrp.reserved': number('reserved'),
    'hsrp.auth_data': text('authenticationData'),
    'hsrp.virt_ip': same('virtualIpAddress'),
    'hsrp2.version': number('version'),
    'hsrp2.opcode': number('opcode'),
    'hsrp2.state': number('state'),
    'hsrp2.ipversion': number('ipVersion'),
    'hsrp2.group': number('group'),
    'hsrp2.identifier': same('identifier'),
    'hsrp2.priority': number('priority'),
    'hsrp2.hellotime': number('helloTime'),
    'hsrp2.holdtime': number('holdTime'),
    'hsrp2.virt_ip': same('virtualIpAddress'),
    'hsrp2.virt_ip_v6': same('virtualIpAddress'),
  },
  unmapped: [
    {
      reason: 'advertisements and authentication say nothing of who holds the address: not decoded here',
      names: ['hsrp.adv.*', 'hsrp2.md5_*', 'hsrp2.auth_data', 'hsrp2.active_groups', 'hsrp2.passive_groups'],
    },
    {
      reason: "a TLV's type under four names",
      names: ['hsrp2.group_state_tlv', 'hsrp2.interface_state_tlv', 'hsrp2.text_auth_tlv', 'hsrp2.md5_auth_tlv'],
    },
  ],
};

export const glbp: OracleProtocol = {
  protocols: ['glbp'],
  layers: ['glbp'],
  fields: {
    'glbp.version': number('version'),
    'glbp.unknown1': number('unknown1'),
    'glbp.group': number('group'),
    'glbp.ownerid': same('ownerId'),
    'glbp.type': number('type'),
    'glbp.length': number('length'),
    'glbp.hello.vgstate': number('vgState'),
    'glbp.hello.priority': number('priority'),
    'glbp.hello.helloint': number('helloInt'),
    'glbp.hello.holdint': number('holdInt'),
    'glbp.hello.redirect': number('redirect'),
    'glbp.hello.timeout': number('timeout'),
    'glbp.hello.addrtype': number('addrType'),
    'glbp.hello.addrlen': number('addrLen'),
    'glbp.hello.virtualipv4': same('virtualIpv4'),
    'glbp.hello.virtualipv6': same('virtualIpv6'),
    'glbp.reqresp.forwarder': number('forwarder'),
    'glbp.reqresp.vfstate': number('vfState'),
    'glbp.reqresp.priority': number('priority'),
    'glbp.reqresp.weight': number('weight'),
    'glbp.reqresp.virtualmac': same('virtualMac'),
  },
  unmapped: [
    {
      reason: 'bytes whose meaning nobody outside Cisco knows',
      names: ['glbp.unknown2', 'glbp.hello.unknown*', 'glbp.reqresp.unknown*', 'glbp.unknown.data'],
    },
    { reason: 'authentication says nothing of who holds the address: not decoded here', names: ['glbp.auth.*'] },
    { reason: 'the container of a TLV, whose type and length are compared', names: ['glbp.tlv'] },
    {
      reason: 'tshark says that something is wrong: our faults say it in their own way',
      names: [
        'glbp.ipv4_wrong_length',
        'glbp.ipv6_wrong_length',
        'glbp.tlv_length_too_small',
        'glbp.tlv_invalid_bytes_used',
      ],
    },
  ],
};
