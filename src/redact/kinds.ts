/**
 * Kinds of identifier and of content that a policy speaks of. Every field that a decoder names, and every span that a
 * text rule finds, is of exactly one kind; what is of none is `opaque` (bytes) or `text` (characters), and dropped
 * unless a policy says otherwise.
 */
export const KINDS = {
  mac: 'Link-layer address, in every spelling and carrier',
  ipv4: 'IPv4 address or network',
  ipv6: 'IPv6 address or network',
  hostname: 'Name of one machine: a single label, or the first label of a domain name',
  domain: 'Labels of a domain name after the first; public suffixes and protocol names are kept',
  username: 'Login, account or EAP identity',
  email: 'Mail address',
  uuid: 'UUID or GUID, of a machine, a disk or a lease',
  serial: 'Serial number, asset tag, opaque client or server identifier (RFC 2132 9.14, RFC 8415 11)',
  'circuit-id': 'Agent Circuit ID, Interface-Id, port name of a switch or bridge (RFC 3046 3.1, RFC 8415 21.18)',
  'remote-id': 'Agent Remote ID, subscriber id (RFC 3046 3.2, RFC 8415 21.17)',
  'vendor-class':
    'What client software or hardware says of itself: vendor class, user class, system description, agent',
  url: 'URL or path of one, beside the addresses and names in it',
  filename: 'Boot file, path or file name, beside the addresses in it',
  'vlan-name': 'Name of a VLAN, VTP or MST region',
  secret: 'Key, password, hash, token, community, authentication data',
  time: 'Absolute time',
  text: 'Free text of a message or a log',
  payload: 'Content that is carried: file blocks, bodies, encrypted data',
  opaque: 'Bytes that no decoder understands, padding, trailers',
  metadata: 'What a capture file says of the host that made it: hardware, system, interface names, comments, filters',
} as const;

export type Kind = keyof typeof KINDS;

export const KIND_NAMES: readonly Kind[] = Object.keys(KINDS) as Kind[];

/**
 * - `keep`: as it stands
 * - `pseudonym`: a keyed pseudonym that tells nothing but sameness (for addresses also: class, and membership in the subnets of the case)
 * - `prefix-preserving`: addresses that share n bits have pseudonyms that share n bits
 * - `keep-vendor`: a MAC's first three bytes stay
 * - `generalise`: what is common to many stays (an address's network, a path's shape, a version's first number)
 * - `drop`: left out: cut from a frame, or a neutral placeholder in text
 * - `zero`: zeros of equal length
 * - `shift`: times move by one secret constant for the whole case
 */
export const ACTIONS = [
  'keep',
  'pseudonym',
  'prefix-preserving',
  'keep-vendor',
  'generalise',
  'drop',
  'zero',
  'shift',
] as const;

export type Action = (typeof ACTIONS)[number];
