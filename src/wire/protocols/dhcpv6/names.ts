/** IANA "DHCPv6 Message Types", the place is the number. */
export const MESSAGE_TYPES = [
  '',
  'SOLICIT',
  'ADVERTISE',
  'REQUEST',
  'CONFIRM',
  'RENEW',
  'REBIND',
  'REPLY',
  'RELEASE',
  'DECLINE',
  'RECONFIGURE',
  'INFORMATION-REQUEST',
  'RELAY-FORW',
  'RELAY-REPL',
  'LEASEQUERY',
  'LEASEQUERY-REPLY',
  'LEASEQUERY-DONE',
  'LEASEQUERY-DATA',
  'RECONFIGURE-REQUEST',
  'RECONFIGURE-REPLY',
  'DHCPV4-QUERY',
  'DHCPV4-RESPONSE',
  'ACTIVELEASEQUERY',
  'STARTTLS',
  'BNDUPD',
  'BNDREPLY',
  'POOLREQ',
  'POOLRESP',
  'UPDREQ',
  'UPDREQALL',
  'UPDDONE',
  'CONNECT',
  'CONNECTREPLY',
  'DISCONNECT',
  'STATE',
  'CONTACT',
  'ADDR-REG-INFORM',
  'ADDR-REG-REPLY',
] as const;

/** IANA "DHCPv6 Status Codes". */
export const STATUS_CODES = [
  'Success',
  'UnspecFail',
  'NoAddrsAvail',
  'NoBinding',
  'NotOnLink',
  'UseMulticast',
  'NoPrefixAvail',
  'UnknownQueryType',
  'MalformedQuery',
  'NotConfigured',
  'NotAllowed',
  'QueryTerminated',
  'DataMissing',
  'CatchUpComplete',
  'NotSupported',
  'TLSConnectionRefused',
  'AddressInUse',
  'ConfigurationConflict',
  'MissingBindingInformation',
  'OutdatedBindingInformation',
  'ServerShuttingDown',
  'DNSUpdateNotSupported',
  'ExcessiveTimeSkew',
];

/** RFC 8415 11. */
export const DUID_TYPES = ['', 'DUID-LLT', 'DUID-EN', 'DUID-LL', 'DUID-UUID'];

/**
 * IANA "DHCPv6 Option Codes" up to 150: code, name, `*` where it may stand more than once in one place, and the fields of
 * its value. An option without fields here is read by its own function in `options.ts`.
 *
 * `name:kind`, in order: u8 u16 u32 flags8 flags16 ipv4 ipv6 mac of fixed width; `counted` 16 bits of length and that
 * many bytes (absent at the end); `prefix` 8 bits of length and the bytes that it needs; and to the end: `bytes` `text`
 * `domain` `domains` `ipv6s` `u16s` `options` (of this table) `suboptions` (numbers of their own).
 */
export const OPTIONS = `
1 OPTION_CLIENTID
2 OPTION_SERVERID
3 OPTION_IA_NA*
4 OPTION_IA_TA*
5 OPTION_IAADDR*
6 OPTION_ORO
7 OPTION_PREFERENCE
8 OPTION_ELAPSED_TIME
9 OPTION_RELAY_MSG
11 OPTION_AUTH protocol:u8 algorithm:u8 rdm:u8 replayDetection:u64 authenticationInformation:bytes
12 OPTION_UNICAST
13 OPTION_STATUS_CODE
14 OPTION_RAPID_COMMIT
15 OPTION_USER_CLASS
16 OPTION_VENDOR_CLASS*
17 OPTION_VENDOR_OPTS*
18 OPTION_INTERFACE_ID
19 OPTION_RECONF_MSG
20 OPTION_RECONF_ACCEPT
21 OPTION_SIP_SERVER_D domainNames:domains
22 OPTION_SIP_SERVER_A addresses:ipv6s
23 OPTION_DNS_SERVERS
24 OPTION_DOMAIN_LIST
25 OPTION_IA_PD*
26 OPTION_IAPREFIX*
27 OPTION_NIS_SERVERS addresses:ipv6s
28 OPTION_NISP_SERVERS addresses:ipv6s
29 OPTION_NIS_DOMAIN_NAME domainName:domain
30 OPTION_NISP_DOMAIN_NAME domainName:domain
31 OPTION_SNTP_SERVERS
32 OPTION_INFORMATION_REFRESH_TIME
33 OPTION_BCMCS_SERVER_D domainNames:domains
34 OPTION_BCMCS_SERVER_A addresses:ipv6s
36 OPTION_GEOCONF_CIVIC what:u8 countryCode:u16 civicAddressElements:bytes
37 OPTION_REMOTE_ID
38 OPTION_SUBSCRIBER_ID
39 OPTION_CLIENT_FQDN
40 OPTION_PANA_AGENT addresses:ipv6s
41 OPTION_NEW_POSIX_TIMEZONE tzPosixString:text
42 OPTION_NEW_TZDB_TIMEZONE tzName:text
43 OPTION_ERO requestedOptionCodes:u16s
44 OPTION_LQ_QUERY queryType:u8 linkAddress:ipv6 options:options
45 OPTION_CLIENT_DATA options:options
46 OPTION_CLT_TIME clientLastTransactionTime:u32
47 OPTION_LQ_RELAY_DATA peerAddress:ipv6 relayMessage:bytes
48 OPTION_LQ_CLIENT_LINK linkAddresses:ipv6s
49 OPTION_MIP6_HNIDF homeNetworkIdentifier:domain
50 OPTION_MIP6_VDINF options:options
51 OPTION_V6_LOST domainName:domain
52 OPTION_CAPWAP_AC_V6 addresses:ipv6s
53 OPTION_RELAY_ID
54 OPTION-IPv6_Address-MoS suboptions:suboptions
55 OPTION-IPv6_FQDN-MoS suboptions:suboptions
56 OPTION_NTP_SERVER
57 OPTION_V6_ACCESS_DOMAIN domainName:domain
58 OPTION_SIP_UA_CS_LIST domainNames:domains
59 OPT_BOOTFILE_URL
60 OPT_BOOTFILE_PARAM
61 OPTION_CLIENT_ARCH_TYPE
62 OPTION_NII
63 OPTION_GEOLOCATION location:bytes
64 OPTION_AFTR_NAME tunnelEndpointName:domain
65 OPTION_ERP_LOCAL_DOMAIN_NAME erpLocalDomainName:domain
66 OPTION_RSOO options:options
67 OPTION_PD_EXCLUDE prefixLength:u8 subnetId:bytes
68 OPTION_VSS type:u8 vssInformation:bytes
69 OPTION_MIP6_IDINF options:options
70 OPTION_MIP6_UDINF options:options
71 OPTION_MIP6_HNP homeNetworkPrefix:bytes
72 OPTION_MIP6_HAA homeAgentAddress:ipv6
73 OPTION_MIP6_HAF homeAgentFqdn:domain
74 OPTION_RDNSS_SELECTION dnsServer:ipv6 preference:flags8 domainNames:domains
75 OPTION_KRB_PRINCIPAL_NAME principalName:bytes
76 OPTION_KRB_REALM_NAME realmName:text
77 OPTION_KRB_DEFAULT_REALM_NAME defaultRealmName:text
78 OPTION_KRB_KDC priority:u16 weight:u16 transportType:u8 portNumber:u16 address:ipv6 realmName:text
79 OPTION_CLIENT_LINKLAYER_ADDR
80 OPTION_LINK_ADDRESS linkAddress:ipv6
81 OPTION_RADIUS attributes:bytes
82 OPTION_SOL_MAX_RT
83 OPTION_INF_MAX_RT
84 OPTION_ADDRSEL flags:flags8 options:options
85 OPTION_ADDRSEL_TABLE label:u8 precedence:u8 prefix:prefix
86 OPTION_V6_PCP_SERVER* addresses:ipv6s
87 OPTION_DHCPV4_MSG
88 OPTION_DHCP4_O_DHCP6_SERVER addresses:ipv6s
89 OPTION_S46_RULE* flags:flags8 eaLength:u8 prefix4Length:u8 ipv4Prefix:ipv4 ipv6Prefix:prefix options:options
90 OPTION_S46_BR* address:ipv6
91 OPTION_S46_DMR prefix:prefix
92 OPTION_S46_V4V6BIND address:ipv4 prefix:prefix options:options
93 OPTION_S46_PORTPARAMS offset:u8 psidLength:u8 psid:u16
94 OPTION_S46_CONT_MAPE* options:options
95 OPTION_S46_CONT_MAPT options:options
96 OPTION_S46_CONT_LW options:options
97 OPTION_4RD options:options
98 OPTION_4RD_MAP_RULE prefix4Length:u8 prefix6Length:u8 eaLength:u8 flags:flags8 ipv4Prefix:ipv4 ipv6Prefix:ipv6
99 OPTION_4RD_NON_MAP_RULE flags:flags8 trafficClass:u8 domainPmtu:u16
100 OPTION_LQ_BASE_TIME baseTime:u32
101 OPTION_LQ_START_TIME queryStartTime:u32
102 OPTION_LQ_END_TIME queryEndTime:u32
103 OPTION_CAPTIVE_PORTAL
104 OPTION_MPL_PARAMETERS* parameters:bytes
105 OPTION_ANI_ATT reserved:u8 accessTechnologyType:u8
106 OPTION_ANI_NETWORK_NAME networkName:text
107 OPTION_ANI_AP_NAME accessPointName:text
108 OPTION_ANI_AP_BSSID accessPointBssid:mac
109 OPTION_ANI_OPERATOR_ID operatorEnterpriseId:u32
110 OPTION_ANI_OPERATOR_REALM operatorRealm:text
111 OPTION_S46_PRIORITY optionCodes:u16s
112 OPTION_MUD_URL_V6
113 OPTION_V6_PREFIX64* asmPrefix64:prefix ssmPrefix64:prefix unicastPrefix:prefix
114 OPTION_F_BINDING_STATUS bindingStatus:u8
115 OPTION_F_CONNECT_FLAGS flags:flags16
116 OPTION_F_DNS_REMOVAL_INFO options:options
117 OPTION_F_DNS_HOST_NAME hostName:domain
118 OPTION_F_DNS_ZONE_NAME zoneName:domain
119 OPTION_F_DNS_FLAGS flags:flags16
120 OPTION_F_EXPIRATION_TIME expirationTime:u32
121 OPTION_F_MAX_UNACKED_BNDUPD maxUnackedBndupd:u32
122 OPTION_F_MCLT mclt:u32
123 OPTION_F_PARTNER_LIFETIME partnerLifetime:u32
124 OPTION_F_PARTNER_LIFETIME_SENT partnerLifetimeSent:u32
125 OPTION_F_PARTNER_DOWN_TIME partnerDownTime:u32
126 OPTION_F_PARTNER_RAW_CLT_TIME partnerRawCltTime:u32
127 OPTION_F_PROTOCOL_VERSION majorVersion:u16 minorVersion:u16
128 OPTION_F_KEEPALIVE_TIME keepaliveTime:u32
129 OPTION_F_RECONFIGURE_DATA reconfigureTime:u32 reconfigureKey:bytes
130 OPTION_F_RELATIONSHIP_NAME relationshipName:text
131 OPTION_F_SERVER_FLAGS flags:flags8
132 OPTION_F_SERVER_STATE serverState:u8
133 OPTION_F_START_TIME_OF_STATE startTimeOfState:u32
134 OPTION_F_STATE_EXPIRATION_TIME stateExpirationTime:u32
135 OPTION_RELAY_PORT downstreamSourcePort:u16
136 OPTION_V6_SZTP_REDIRECT
137 OPTION_S46_BIND_IPV6_PREFIX prefix:prefix
138 OPTION_IA_LL* iaid:u32 t1:u32 t2:u32 options:options
139 OPTION_LLADDR* linkLayerType:u16 linkLayerAddress:counted extraAddresses:u32 validLifetime:u32 options:options
140 OPTION_SLAP_QUAD quadrants:bytes
141 OPTION_V6_DOTS_RI domainName:domain
142 OPTION_V6_DOTS_ADDRESS addresses:ipv6s
143 OPTION-IPv6_Address-ANDSF addresses:ipv6s
144 OPTION_V6_DNR* servicePriority:u16 authenticationDomainName:counted ipv6Addresses:counted serviceParameters:bytes
145 OPTION_REGISTERED_DOMAIN* domainName:domain
146 OPTION_FORWARD_DIST_MANAGER supportedTransport:flags16 domainName:domain
147 OPTION_REVERSE_DIST_MANAGER supportedTransport:flags16 domainName:domain
148 OPTION_ADDR_REG_ENABLE :empty
149 OPTION_IA_SRV6_LOCATOR* data:bytes
150 OPTION_IALOCATOR* data:bytes
`;
