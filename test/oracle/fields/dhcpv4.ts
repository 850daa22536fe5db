import type { Row } from '../../../src/wire/trace.ts';
import type { OurMessage } from '../ours.ts';
import {
  bits,
  bytes,
  domain,
  dotted,
  extent,
  kind,
  number,
  same,
  text,
  valueText,
  type Mapped,
  type OracleProtocol,
} from '../mapping.ts';

const OPTIONS = ['options[]', 'fileOptions[]', 'snameOptions[]'];
const inOptions = (...names: string[]): string[] => names.flatMap((name) => OPTIONS.map((list) => `/${list}.${name}`));
const inSub = (...names: string[]): string[] => inOptions(...names.map((name) => `suboptions[].${name}`));

const address = same(...inOptions('address', 'addresses[]'));
/** An option's code; padding stands among tshark's options with the code 0, and END too. */
const code: Mapped = {
  ...number(...inOptions('code'), '/padding', '/end'),
  ours: (row) => (row.path === 'padding' || row.path === 'end' ? '0' : valueText(row.value)),
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

    'dhcp.option.tftp_server_address': address,
    'dhcp.option.static_route.ip': same(...inOptions('routes[].destination')),
    'dhcp.option.static_route.router': same(...inOptions('routes[].router')),
    'dhcp.option.classless_static_route': extent(...inOptions('routes[]')),
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
    'dhcp.option.root_path': string,
    'dhcp.option.nis_plus_domain': string,
    'dhcp.option.captive_portal': string,
    'dhcp.option.dhcp_dns_domain_search_list_fqdn': domain(...inOptions('domainNames')),
    'dhcp.fqdn.flags': number(...inOptions('flags')),
    'dhcp.fqdn.s': bits(1, ...inOptions('flags')),
    'dhcp.fqdn.o': bits(2, ...inOptions('flags')),
    'dhcp.fqdn.e': bits(4, ...inOptions('flags')),
    'dhcp.fqdn.n': bits(8, ...inOptions('flags')),
    'dhcp.fqdn.mbz': bits(0xf0, ...inOptions('flags')),
    'dhcp.fqdn.rcode1': number(...inOptions('rcode1')),
    'dhcp.fqdn.rcode2': number(...inOptions('rcode2')),
    'dhcp.fqdn.name': text(...inOptions('domainName')),
    'dhcp.option.hostname': string,
    'dhcp.option.domain_name': string,
    'dhcp.option.message': string,
    'dhcp.option.vendor_class_id': string,
    'dhcp.option.tftp_server_name': string,
    'dhcp.option.bootfile_name': string,
    'dhcp.option.pxe_path_prefix': string,
    'dhcp.option.time_offset': value,
    'dhcp.option.boot_file_size': value,
    'dhcp.option.default_ip_ttl': value,
    'dhcp.option.ip_forwarding': value,
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
    'dhcp.option.agent_information_option.value': extent(...inSub('data', 'text', 'address', 'decoded', 'mac')),
    'dhcp.option.agent_information_option.agent_circuit_id': bytes(...inSub('data')),
    'dhcp.option.agent_information_option.agent_remote_id': bytes(...inSub('data')),
    'dhcp.option.agent_information_option.subscriber_id': text(...inSub('text')),
    'dhcp.option.agent_information_option.link_selection': same(...inSub('address')),
    'dhcp.option.agent_information_option.server_id_override': same(...inSub('address')),
    'dhcp.option.vi_class.enterprise': number(...inOptions('enterprises[].enterpriseNumber')),
    'dhcp.option.vi_class.length': number(...inOptions('enterprises[].dataLength')),
    'dhcp.option.vi_class.data': text(...inOptions('enterprises[].data')),
    'dhcp.option.vi.enterprise': number(...inOptions('enterprises[].enterpriseNumber')),
    'dhcp.option.vi.length': number(...inOptions('enterprises[].dataLength')),
    'dhcp.vendor.suboption': number(...inOptions('enterprises[].suboptions[].code')),
    'dhcp.vendor.data': bytes(...inOptions('enterprises[].suboptions[].data')),
    'dhcp.option.suboption_length': number(...inSub('length'), ...inOptions('enterprises[].suboptions[].length')),
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
        'dhcp.missing_subopt_value',
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
  theirsAlone: [
    {
      reason: 'padding between two options is stepped over',
      when: ({ name, show }) => (name === 'dhcp.option.type' && show === '0') || name === 'dhcp.option.padding',
    },
  ],
  kept: [{ reason: 'END and padding inside an overloaded field are part of the field', paths: ['/sname', '/file'] }],
  oursAlone: [
    {
      reason: 'the field of an overloaded message, shown as bytes beside its options',
      when: ({ path, type }) => type === 'bytes' && (path === 'sname' || path === 'file'),
    },
    {
      reason: 'the pieces of an option that stands several times: we put them together (RFC 3396), tshark does not',
      when: (row, message) => {
        const around = codeAround(row, message);
        const same = ({ path, value }: Row): boolean => value === around && OPTION_CODE.test(path);
        return around >= 0 && message.rows.filter(same).length > 1;
      },
    },
    {
      reason: 'sub-options of option 43 that are not those of PXE: tshark shows them only where it knows the vendor',
      when: (row, message) =>
        codeAround(row, message) === 43 &&
        row.path.includes('.suboptions[') &&
        !message.rows.some(({ type, value }) => type === 'text' && valueText(value).startsWith('PXEClient')),
    },
    {
      reason: 'a classless route is one field to tshark, whose place and size are compared',
      when: (row, message) => codeAround(row, message) === 121 && row.path.includes('.routes['),
    },
    {
      reason: 'a cookie that is not that of DHCP: tshark does not show it',
      when: ({ path, value }) => path === 'cookie' && value !== 0x63825363,
    },
    {
      reason: 'tshark 4.0 does not take these options apart (108, 175, 211) or leaves out their first byte (94, 97)',
      when: (row, message) => [94, 97, 108, 175, 211].includes(codeAround(row, message)),
    },
  ],
};

const OPTION_CODE = /^(?:options|fileOptions|snameOptions)\[\d+\]\.code$/;

/** The code of the option in which a row stands, or -1. */
function codeAround({ path }: Row, { rows }: OurMessage): number {
  const option = /^(?:options|fileOptions|snameOptions)\[\d+\]/.exec(path)?.[0];
  const code = rows.find((row) => row.path === `${option}.code`)?.value;
  return typeof code === 'number' ? code : -1;
}
