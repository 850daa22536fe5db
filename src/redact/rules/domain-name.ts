import { matches, type TextRule } from './rule.ts';

/** Top-level domains of the kinds that networks of machines use, and names that only private networks use. */
const TOP =
  'com|net|org|edu|gov|mil|int|info|biz|name|io|dev|app|cloud|tech|online|site|xyz|eu|uk|de|fr|nl|be|lu|at|ch|it|es|pt|se|no|fi|dk|ie|cz|sk|hu|ro|bg|gr|hr|si|lt|lv|ee|ru|ua|by|tr|il|ae|sa|za|ng|ke|eg|in|pk|bd|lk|np|cn|hk|tw|jp|kr|sg|my|th|vn|id|ph|au|nz|us|ca|mx|br|ar|cl|co|pe|ve|local|internal|lan|home|corp|intranet|private|localdomain|maas|arpa|test|example|invalid|onion|prod|stage|staging|dc|lab|site|mgmt|oob|ipmi|bmc|rack|cluster|consul|svc';

export const domainName: TextRule = {
  id: 'domain-name',
  title: 'Domain names by their last label',
  kind: 'hostname',
  about:
    'Two labels and more of which the last is a top-level domain in common use, or one that private networks give themselves (RFC 6762 appendix G). Files and modules are no names: their endings are no such domains.',
  hints: ['.'],
  find: matches(
    new RegExp(
      `((?<![\\w.@/\\\\-]|\\d\\.))((?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.){1,12}(?:${TOP}))(?![\\w-]|\\.[A-Za-z0-9]|\\()`,
      'gi',
    ),
  ),
  samples: [
    'resolving «node1.rack.example.com» failed',
    'from «ntp.corp.lan».',
    'x«» «10-20-30-0--24.maas-internal.maas»'.replace('x«» ', ''),
  ],
  quiet: [
    'provisioningserver.rackdservices.tftp: [info]',
    'grub.cfg',
    'libc.so.6',
    'example',
    'self.app()',
    'os.path.join',
  ],
  worst: ['a.', 'a-', 'com.', 'a.com.'],
};
