import { isVocabulary } from '../pseudonyms/vocabulary.ts';
import type { FieldKind } from './treatment.ts';

/**
 * What the fields of known formats hold: journald (systemd.journal-fields(7)), MAAS API and events, `ip -j`, Kea,
 * cloud-init, netplan, access logs. Keys without `-` and `_`, in lower case. What is not here is text.
 */
const FIELDS: Readonly<Partial<Record<FieldKind, string>>> = {
  hostname:
    'hostname host fqdn syslogfacilityhost maasmachinehostname nodename node machinename computername servername sysname clienthostname localhostname remotehost rhost dnsname targetname virtualhost vhost httphost domain domainname dhcpdomain searchdomains instancename parentname controller rackname containername vmname podname reportinghost loghost sysloghost agenthostname',
  username:
    'user username login loginname logname account owner ruser uname remoteuser sudouser realname fullname gecos createdby modifiedby updatedby actor principal author committer poweruser bmcuser ipmiuser clientip6user acct',
  email: 'email mail emailaddress mailto contact',
  uuid: 'machineid bootid uuid guid productuuid systemuuid hardwareuuid invocationid systemdinvocationid objectsystemdinvocationid streamid seqnumid fsuuid partuuid diskguid instanceid traceid spanid requestid bootserveruuid',
  serial:
    'serial serialnumber serialno productserial boardserial chassisserial serialshort idserial idserialshort wwn wwid wwpn wwnn assettag chassisassettag servicetag systemid duid clientid clientidentifier hwid initiatorname targetiqn iqn nqn eui64 deviceid idpath imei meid serialid hardwareserial sn',
  'circuit-id': 'circuitid agentcircuitid interfaceid portname',
  'remote-id': 'remoteid agentremoteid subscriberid relayid',
  'vendor-class':
    'vendorclass vendorclassidentifier userclass useragent httpuseragent productname systemvendor systemproduct boardvendor boardname chassisvendor biosversion biosvendor modelname model',
  url: 'url uri href requesturi resourceuri metadataurl mirror imageurl endpoint referer httpreferer path requestpath requesturl link',
  filename: 'read filename bootfile bootfilename bootfileurl file filepath bootpath tftpfile',
  'vlan-name':
    'vlanname fabric fabricname space spacename ssid ifalias pool resourcepool zone zonename pooldescription portdescription',
  time: 'realtimetimestamp sourcerealtimetimestamp timestamp time ts date datetime created updated createdat updatedat modified starttime endtime epoch cltt expire expires lastseen firstseen created_on eventtime timeiso8601 msec syslogtimestamp maasmachinetimestamp sysloghosttime startedat finishedat',
  secret:
    'password passwd pass passphrase secret secretkey token accesstoken refreshtoken idtoken apikey accesskey privatekey sshkeys sshauthorizedkeys authorizedkeys sshkey sshpublickey publickey chpasswd powerpass powertoken powerkey kg community snmpcommunity psk presharedkey sharedsecret clientsecret consumerkey tokenkey tokensecret oauthtoken authorization proxyauthorization cookie setcookie sessionid sessionkey csrftoken macaroon macaroons signature hashedpassword hashedpasswd plaintextpasswd rootpassword credentials credential vaulttoken roleid secretid wrappedtoken xauthtoken encryptionkey signingkey hmac otp',
  payload:
    'userdata vendordata customuserdata coredump coredumpenviron cert certificate cacert sslcert tlscert content body rawbody b64 base64 corefile',
  number:
    'priority syslogfacility pid syslogpid uid gid euid egid ownuid sysloguid realtime monotonictimestamp sourcemonotonictimestamp auditsession auditloginuid capeffective errno codeline mtu vlanid vid status statuscode bytes length size port sport dport srcport dstport index ifindex ttl metric exitcode exitstatus seqnum severity level lines count',
  keep: 'transport messageid codefile codefunc syslogidentifier comm level loglevel selinuxcontext runtimescope systemdslice tid kernelsubsystem jobtype jobresult operstate linktype scope family protocol proto method',
};

/** Values of the fields that are kept (journald, `ip -j`, structured logs): none of them is of one site. */
const CONSTANTS: ReadonlySet<string> = new Set(
  [
    'audit driver journal kernel stdout syslog',
    'trace debug info notice warn warning err error crit critical alert emerg emergency fatal panic',
    'inet inet6 mpls bridge lladdr ether loopback none global site link host nowhere up down unknown dormant',
    'tcp udp icmp icmpv6 icmp6 arp ip ipv4 ipv6 dhcp ra static boot redirect http https tftp dns ntp http/1.0 http/1.1 http/2',
    'get head post put patch delete options connect done failed canceled timeout dependency skipped start stop restart reload',
    'system user init.scope system.slice user.slice -.slice unconfined',
  ].flatMap((words) => words.split(' ')),
);

/** True for a value that says nothing of a site: a word of these formats, or the id of a message of systemd's catalog. */
export function isConstant(value: string): boolean {
  return CONSTANTS.has(value.toLowerCase()) || isVocabulary(value) || /^(?:[0-9a-f]{32}|\d{1,9})$/.test(value);
}

const BY_NAME: ReadonlyMap<string, FieldKind> = new Map(
  Object.entries(FIELDS).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind as FieldKind] as const)),
);

/** Longer than any key that is known. */
const MAX_KEY = 64;

/** What `name` is of: users, machines, networks. */
const OWNERS: readonly (readonly [RegExp, FieldKind])[] = [
  [/^(?:users?|owners?|accounts?|admins?|people)$/, 'username'],
  [
    /^(?:hosts?|machines?|nodes?|devices?|rackcontrollers?|regioncontrollers?|controllers?|vms?|instances?|servers?|domains?)$/,
    'hostname',
  ],
  [/^(?:vlans?|fabrics?|spaces?|zones?|pools?|resourcepools?|subnets?|ssids?)$/, 'vlan-name'],
];

/**
 * What a field of this name holds.
 *
 * @param parent key of the object, or of the list of objects, that it stands in
 */
export function fieldKind(key: string, parent = ''): FieldKind {
  if (key.length > MAX_KEY) return 'text';
  if (key === 'name' && parent !== '' && parent.length <= MAX_KEY) {
    const owner = parent.toLowerCase().replace(/[^a-z0-9]/g, '');
    return OWNERS.find(([names]) => names.test(owner))?.[1] ?? 'text';
  }
  const name = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (
    BY_NAME.get(name) ??
    BY_NAME.get(name.replace(/^(?:req|request|http|x|client|server|remote|source|src|dst|destination|dhcp)/, '')) ??
    ending(name)
  );
}

/** Objects whose keys are names: Wi-Fi networks of netplan, inventories. */
const NAMED: ReadonlyMap<string, FieldKind> = new Map([
  ['accesspoints', 'vlan-name'],
  ['hostvars', 'hostname'],
  ['hosts', 'hostname'],
  ['machines', 'hostname'],
  ['nodes', 'hostname'],
]);

/** What the keys of an object are that is the value of this key. */
export function keyKind(parent: string): FieldKind {
  return (
    NAMED.get(
      parent
        .slice(0, MAX_KEY)
        .toLowerCase()
        .replace(/[^a-z0-9]/g, ''),
    ) ?? 'text'
  );
}

/** Names that are put together: `admin_password`, `ipmi_passwd`, `node_hostname`. */
function ending(name: string): FieldKind {
  if (/(?:password|passwd|passphrase|secret|token|apikey|privatekey|credentials?)$/.test(name)) return 'secret';
  if (/(?:hostname|fqdn)$/.test(name)) return 'hostname';
  if (/(?:username|useraccount)$/.test(name)) return 'username';
  if (/(?:serialnumber|serial|assettag)$/.test(name)) return 'serial';
  if (/(?:uuid)$/.test(name)) return 'uuid';
  if (/(?:timestamp)$/.test(name)) return 'time';
  return 'text';
}
