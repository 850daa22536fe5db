import { matches, type TextRule } from './rule.ts';

export const sshPublicKey: TextRule = {
  id: 'ssh-public-key',
  title: 'SSH public key',
  kind: 'secret',
  about:
    'The base64 of authorized_keys, known_hosts and cloud-init (RFC 4253 6.6, RFC 4716), and the comment after it, which mostly is user@host. A public key tells who may log in, and its owner is known to key servers.',
  hints: ['aaaa'],
  find: matches(
    /((?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d{3}|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|rsa-sha2-\d{3})(?:-cert-v01@openssh\.com)?[ \t]{1,4})(AAAA[A-Za-z0-9+/=]{16,8192}(?:[ \t]{1,4}(?!#)[^\s"'\\,;\]<]{1,128})?)/g,
  ),
  samples: [
    'ssh_authorized_keys: [ssh-rsa «AAAAB3NzaC1yc2EAAAADAQABAAABAQDd alice@laptop»]',
    '  - ssh-ed25519 «AAAAC3NzaC1lZDI1NTE5AAAAIJ3k1Q»',
  ],
  quiet: ['ssh-rsa key accepted', 'AAAA record of it'],
  worst: ['ssh-rsa AAAA', 'ssh-rsa    '],
};
