import { MIB, type Collector } from '../collector.ts';

export const certificates: Collector = {
  id: 'certificates',
  title: 'Certificates in use',
  takes:
    'Subject, issuer, names, dates and fingerprint of the certificates of MAAS, of nginx and of the authorities that the site added; never a key',
  why: 'A certificate that ran out, a name that does not match, an authority that only corporate machines know',
  privilege: 'root',
  timeout: 20,
  cap: 8 * MIB,
  holds: ['hostname', 'domain', 'ipv4', 'ipv6', 'email', 'serial', 'time', 'text'],
  folder: 'host',
  profiles: ['tls'],
  symptoms: ['tls-interception', 'proxies-filters', 'host-hardening'],
  plan: () => [
    {
      certificates: [
        '/var/snap/maas/current/http/*.pem',
        '/var/snap/maas/current/http/*.crt',
        '/var/snap/maas/current/certificates/*.pem',
        '/var/snap/maas/common/certificates/*.pem',
        '/var/snap/maas/certs/*.pem',
        '/var/lib/maas/http/*.pem',
        '/var/lib/maas/certificates/*.pem',
        '/etc/maas/certificates/*.pem',
        '/etc/nginx/*.pem',
        '/etc/nginx/*.crt',
        '/etc/haproxy/*.crt',
        '/etc/ssl/certs/ssl-cert-snakeoil.pem',
        '/usr/local/share/ca-certificates/*.crt',
        '/usr/local/share/ca-certificates/*/*.crt',
      ],
      as: 'certificates.json',
      kind: 'json',
    },
  ],
};
