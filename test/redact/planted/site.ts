/** The site that is planted: a few machines whose identities stand in every carrier, in every spelling. */

export interface Machine {
  name: string;
  mac: string;
  ip: string;
  /** Interface id made of the MAC address (RFC 4291 appendix A). */
  ip6: string;
  uuid: string;
  serial: string;
  user: string;
  secret: string;
  circuit: string;
  remote: string;
  file: string;
  vlan: string;
}

export const DOMAIN = 'bluthworks.example';

export const MACHINES: readonly Machine[] = [
  {
    name: 'quartzbridge',
    mac: '52:54:00:9a:bc:de',
    ip: '10.77.133.201',
    ip6: '2001:db8:77:1:5054:ff:fe9a:bcde',
    uuid: '5f1c2b7a-9d3e-4c81-a6f0-5254009abcde',
    serial: 'CZJ84712QK',
    user: 'lindsayb',
    secret: 'hunter2-zanzibar',
    circuit: 'xe-4/1/17:row7',
    remote: 'tor-sw-munich-9',
    file: 'sudden-valley/loaderA7.efi',
    vlan: 'bluth-payroll',
  },
  {
    name: 'ferncastle',
    mac: '3c:fd:fe:4d:71:b6',
    ip: '10.77.134.88',
    ip6: '2001:db8:77:2:3efd:feff:fe4d:71b6',
    uuid: '8d41e7c3-20ba-4f6e-9b15-3cfdfe4d71b6',
    serial: '7GQXWZ29PL',
    user: 'gobrenner',
    secret: 'Zx9-vault8-marble',
    circuit: 'ge-0/0/42:cage3',
    remote: 'agg-sw-lisbon-2',
    file: 'balboa/netinst-k9.bin',
    vlan: 'model-home-lab',
  },
  {
    name: 'oakhollow',
    mac: '00:1b:21:c7:58:e9',
    ip: '192.168.214.67',
    ip6: '2001:db8:77:3:21b:21ff:fec7:58e9',
    uuid: 'c3a0f915-6e72-4d08-8c4b-001b21c758e9',
    serial: 'MX2418RT6V',
    user: 'busterm',
    secret: 'loose-seal-41Kq',
    circuit: 'eth1/33/2:pod5',
    remote: 'leaf-sw-oslo-14',
    file: 'newport/recovery-x3.img',
    vlan: 'banana-stand',
  },
];

/** Who stands in the headers around a planted value: machines of the site too, but never what is asked for. */
export const [NEAR, FAR] = [
  { mac: '52:54:00:31:42:53', ip: '10.77.133.10', ip6: 'fe80::5054:ff:fe31:4253' },
  { mac: '52:54:00:64:75:86', ip: '10.77.133.1', ip6: 'fe80::5054:ff:fe64:7586' },
];

/** 2026-11-22 15:47:25 UTC: the first frame. */
export const START = 1_795_362_445;
