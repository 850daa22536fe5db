import { matches, type TextRule } from './rule.ts';

const TARGETS = matches(
  [
    /((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{1,31}:\/\/[^\s/?#"'<>\\]{0,512})([/?#][^\s"'<>\\]{1,8192})/g,
    /((?<![A-Za-z])(?:GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS) )(\/[^\s"'<>\\]{1,8192})/g,
  ],
  (value) => value.length > 1,
);

/**
 * Words of the paths of MAAS (API, metadata, images), of Ubuntu's archives, of Redfish and of OAuth: they tell what was
 * asked for, the same at every site.
 */
const API: ReadonlySet<string> = new Set(
  [
    'maas api a l r ui rpc ws accounts login logout machines machine nodes node devices device subnets subnet fabrics fabric vlans vlan spaces space',
    'zones zone pools pool users user tags tag events event query rackcontrollers rackcontroller regioncontrollers regioncontroller boot-resources',
    'boot-sources images image images-stream ipaddresses interfaces interface iprange ipranges discovery dhcpsnippets domains domain dnsresources',
    'notifications packagerepositories scripts script results result static assets css js docs health status metrics version versions describe',
    'metadata metadata-service latest by-id by-hostname by-system-id by-mac enlist curtin commissioning testing maas-scripts maas-commissioning-scripts',
    'user-data meta-data vendor-data user_data meta_data vendor_data public-keys instance-id local-hostname signal op get_preseed get_user_data',
    'get_config power_on power_off power_parameters query_power_state deploy release allocate commission arch subarch mac mac_address bios_boot_method',
    'system_id hostname limit offset level id page format json xml oauth_token oauth_consumer_key oauth_signature oauth_nonce oauth_timestamp',
    'oauth_version oauth_signature_method resource resources http https proxy tftp ipxe grub pxelinux boot kernel initrd squashfs boot-kernel boot-initrd',
    'streams v1 v2 v3 v4 index products stable candidate daily ephemeral-v3 com ubuntu dists main universe restricted multiverse binary-amd64',
    'binary-arm64 binary-all source i18n inrelease release packages updates security backports proposed redfish systems chassis managers sessionservice',
    'sessions actions computersystem reset virtualmedia accountservice updateservice favicon robots index.html',
  ]
    .join(' ')
    .split(' '),
);

/** Between the words of a path or a query. */
const WORD = /[^/?&=#;,:+%|@!$*()[\]{}~]+/g;

export const url: TextRule = {
  id: 'url',
  title: 'Path and query of a URL or a request',
  kind: 'url',
  about:
    'What follows the host in a URL (RFC 3986 3.3 to 3.5), and the target of an HTTP request line in logs, word by word; words of the paths of MAAS, Ubuntu and Redfish stay. The host is found by the rules of names and addresses.',
  hints: ['://', ' http/', 'get ', 'post ', 'put ', 'head '],
  find(text, found) {
    TARGETS(text, (at, end) => {
      WORD.lastIndex = at;
      for (let match = WORD.exec(text); match !== null && match.index < end; match = WORD.exec(text)) {
        const stop = Math.min(WORD.lastIndex, end);
        if (!API.has(text.slice(match.index, stop).toLowerCase())) found(match.index, stop);
      }
    });
  },
  samples: [
    'see http://10.0.0.1:5240/MAAS/images/«acme-golden»?id=«x9»',
    '"GET /MAAS/metadata/latest/by-id/«4y3h7n»/ HTTP/1.1" 200',
  ],
  quiet: [
    'http://example.com/',
    'GET / HTTP/1.0',
    'GET /MAAS/api/2.0/machines/?op=allocate HTTP/1.1'.replace('2.0/', ''),
  ],
  worst: ['a://', 'http://a/', 'GET /', 'aaaa+'],
};
