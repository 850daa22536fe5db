import type { Row } from '../../../src/wire/trace.ts';
import type { OurMessage } from '../ours.ts';
import { bits, bytes, dotted, extent, kind, number, same, text, type Mapped, type OracleProtocol } from '../mapping.ts';

const OPTIONS = ['options[]', 'fileOptions[]', 'snameOptions[]'];
const inOptions = (...names: string[]): string[] =>
  names.flatMap((name) => OPTIONS.map((list) => `/${list}.${name}`));
const inSub = (...names: string[]): string[] => inOptions(...names.map((name) => `suboptions[].${name}`));

const address = same(...inOptions('address', 'addresses[]'));
/** An option's code; padding stands among tshark's options with the code 0, and END too. */
const code: Mapped = {
  ...number(...inOptions('code'), '/padding', '/end'),
  ours: (row) => (row.path === 'padding' || row.path === 'end' ? '0' : String(row.value)),
};
const seconds = number(...inOptions('seconds'));
const value = number(...inOptions('value'));
const string = text(...inOptions('text', 'data'));

export const dhcpv4: OracleProtocol = {
  protocols: ['dhcpv4'],
  layers: ['dhcp'],
  fields: {
    'dhcp.type': number('/op'),
    'dhcp.hw.type': number('/htype', ...inOptions('type')),
    'dhcp.hw.len': number('/hlen'),
    'dhcp.hops': number('/hops'),
    'dhcp.id': number('/xid'),
    'dhcp.secs': number('/secs'),
    'dhcp.flags': number('/flags'),
    'dhcp.flags.bc': bits(0x8000, '/flags'),
    'dhcp.flags.reserved': bits(0x7fff, '/flags'),
    'dhcp.ip.client': same('/ciaddr'),
    'dhcp.ip.your': same('/yiaddr'),
    'dhcp.ip.server': same('/siaddr'),
    'dhcp.ip.relay': same('/giaddr'),
    'dhcp.hw.mac_addr': same('/chaddr', ...inOptions('address')),
    'dhcp.hw.addr': bytes('/chaddr'),
    'dhcp.hw.addr_padding': bytes('/chaddrPadding'),
    'dhcp.server': text('/sname'),
    'dhcp.file': text('/file'),
    'dhcp.cookie': dotted('/cookie'),
    'dhcp.bootp': kind('BOOTREQUEST', 'BOOTREPLY'),
    'dhcp.option.type': code,
    'dhcp.option.length': number(...inOptions('length')),
    'dhcp.option.end': number('/end', '/fileEnd', '/snameEnd'),
    'dhcp.option.padding': bytes('/padding'),

    'dhcp.option.subnet_mask': address,
    'dhcp.option.router': address,
    'dhcp.option.time_server': address,
    'dhcp.option.domain_name_server': address,
    'dhcp.option.broadcast_address': address,
    'dhcp.option.ntp_server': address,
    'dhcp.option.netbios_over_tcpip_name_server': address,
    'dhcp.option.requested_ip_address': address,
    'dhcp.option.dhcp_server_id': address,
    'dhcp.option.associated_ip_option': address,
    'dhcp.option.sip_server.address': address,
    'dhcp.option.sip_server.encoding': number(...inOptions('encoding')),
    'dhcp.option.hostname': string,
    'dhcp.option.domain_name': string,
    'dhcp.option.message': string,
    'dhcp.option.vendor_class_id': string,
    'dhcp.option.tftp_server_name': string,
    'dhcp.option.bootfile_name': string,
    'dhcp.option.pxe_path_prefix': string,
    'dhcp.option.interface_mtu': value,
    'dhcp.option.dhcp_max_message_size': value,
    'dhcp.option.dhcp': value,
    'dhcp.option.option_overload': value,
    'dhcp.option.netbios_over_tcpip_node_type': value,
    'dhcp.option.dhcp_auto_configuration': value,
    'dhcp.option.ip_address_lease_time': seconds,
    'dhcp.option.renewal_time_value': seconds,
    'dhcp.option.rebinding_time_value': seconds,
    'dhcp.option.client_last_transaction_time': seconds,
    'dhcp.option.request_list_item': number(...inOptions('codes[]')),
    'dhcp.option.user_class.text': text(...inOptions('userClass')),
    'dhcp.option.user_class.length': number(...inOptions('userClasses[].length')),
    'dhcp.option.user_class.data': bytes(...inOptions('userClasses[].data')),
    'dhcp.client_id.type': number(...inOptions('type')),
    'dhcp.client_id.undef': text(...inOptions('identifier')),
    'dhcp.client_id.uuid': same(...inOptions('uuid')),
    'dhcp.client_system_architecture': number(...inOptions('architectures[]')),
    'dhcp.option.client_system_architecture': number(...inOptions('architectures[]')),
    'dhcp.client_network_id_major': number(...inOptions('major')),
    'dhcp.client_network_id_minor': number(...inOptions('minor')),
    'dhcp.option.dhcp_authentication.protocol': number(...inOptions('protocol')),
    'dhcp.option.dhcp_authentication.alg_delay': number(...inOptions('algorithm')),
    'dhcp.option.dhcp_authentication.rdm': number(...inOptions('rdm')),
    'dhcp.option.dhcp_authentication.rdm_replay_detection': number(...inOptions('replayDetection')),

    'dhcp.option.agent_information_option.suboption': number(...inSub('code')),
    'dhcp.option.agent_information_option.value': extent(...inSub('data', 'text', 'decoded', 'mac')),
    'dhcp.option.agent_information_option.agent_circuit_id': bytes(...inSub('data')),
    'dhcp.option.agent_information_option.agent_remote_id': bytes(...inSub('data')),
    'dhcp.option.agent_information_option.subscriber_id': text(...inSub('text')),
    'dhcp.option.suboption_length': number(...inSub('length')),
    'dhcp.option.vendor.pxeclient.suboption': number(...inSub('code')),
    'dhcp.option.vendor.pxeclient.discovery_control': number(...inSub('discoveryControl')),
    'dhcp.option.vendor.pxeclient.discovery_control.broadcast': bits(1, ...inSub('discoveryControl')),
    'dhcp.option.vendor.pxeclient.discovery_control.multicast': bits(2, ...inSub('discoveryControl')),
    'dhcp.option.vendor.pxeclient.discovery_control.serverlist': bits(4, ...inSub('discoveryControl')),
    'dhcp.option.vendor.pxeclient.discovery_control.bstrap': bits(8, ...inSub('discoveryControl')),
    'dhcp.option.vendor.pxeclient.boot_servers.type': number(...inSub('bootServers[].type')),
    'dhcp.option.vendor.pxeclient.boot_servers.count': number(...inSub('bootServers[].count')),
    'dhcp.option.vendor.pxeclient.boot_servers.ip': same(...inSub('bootServers[].addresses[]')),
    'dhcp.option.vendor.pxeclient.boot_menu.type': number(...inSub('items[].type')),
    'dhcp.option.vendor.pxeclient.boot_menu.length': number(...inSub('items[].descriptionLength')),
    'dhcp.option.vendor.pxeclient.boot_menu.desc': text(...inSub('items[].description')),
    'dhcp.option.vendor.pxeclient.menu_prompt.timeout': number(...inSub('timeout')),
    'dhcp.option.vendor.pxeclient.menu_prompt.prompt': text(...inSub('prompt')),
    'dhcp.option.vendor.pxeclient.boot_item.type': number(...inSub('type')),
    'dhcp.option.vendor.pxeclient.boot_item.layer': bytes(...inSub('layer')),
    'dhcp.option.vendor.arubaap.controllerip': text(...inOptions('text')),
    'dhcp.option.vendor.pxeclient.end': number(...inOptions('end')),
  },
  unmapped: [
    {
      reason: 'the bytes of a field that is compared as what it means',
      names: [
        'dhcp.option.value',
        'dhcp.option.vendor.value',
        'dhcp.option.vendor.pxeclient.boot_servers',
        'dhcp.option.vendor.pxeclient.boot_menu',
        'dhcp.option.vendor.pxeclient.menu_prompt',
        'dhcp.option.vendor.pxeclient.boot_item',
        'dhcp.option.user_class',
      ],
    },
    {
      reason: 'tshark says that something is wrong: our faults say it in their own way',
      names: [
        'dhcp.bad_length',
        'dhcp.end_option_missing',
        'dhcp.option.nonstd_data',
        'dhcp.server_name_overloaded_by_dhcp',
        'dhcp.boot_filename_overloaded_by_dhcp',
      ],
    },
    {
      reason: 'how RFC 3118 splits its authentication information depends on the protocol: we show it in one piece',
      names: ['dhcp.option.dhcp_authentication.secret_id', 'dhcp.option.dhcp_authentication.hmac_md5_hash'],
    },
  ],
  kept: [
    { reason: 'END and padding inside an overloaded field are part of the field', paths: ['/sname', '/file'] },
  ],
  oursAlone: [
    {
      reason: 'the field of an overloaded message, shown as bytes beside its options',
      when: ({ path, type }) => type === 'bytes' && (path === 'sname' || path === 'file'),
    },
    {
      reason: 'a cookie that is not that of DHCP: tshark does not show it',
      when: ({ path, value }) => path === 'cookie' && value !== 0x63825363,
    },
    {
      reason: 'tshark 4.0 does not take these options apart (108, 175) or leaves out their first byte (94, 97)',
      when: (row, message) => [94, 97, 108, 175].includes(codeAround(row, message)),
    },
  ],
};

/** The code of the option in which a row stands, or -1. */
function codeAround({ path }: Row, { rows }: OurMessage): number {
  const option = /^(?:options|fileOptions|snameOptions)\[\d+\]/.exec(path)?.[0];
  const code = rows.find((row) => row.path === `${option}.code`)?.value;
  return typeof code === 'number' ? code : -1;
}
