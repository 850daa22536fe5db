import { cause, type LineRule, mac, MAC, namedVlan, PORT, vlan } from '../../dialect.ts';
import { said } from './xe.ts';

export const PORTS: readonly LineRule[] = [
  {
    ...said('PSECURE_VIOLATION', `Security violation occurred, caused by MAC address ${MAC} on port ${PORT}`),
    sample:
      '%PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 802a.a89d.c396 on port GigabitEthernet4/13.',
    read: (m) => ({ kind: 'port-security', reason: 'address', mac: mac(m[1]), port: m[2] ?? '' }),
  },
  {
    ...said('ERR_DISABLE', `([\\w-]{1,40}) error detected on ${PORT}, putting `),
    sample: '%PM-4-ERR_DISABLE: psecure-violation error detected on Gi4/13, putting Gi4/13 in err-disable state',
    read: (m) => ({ kind: 'err-disable', reason: cause(m[1]), detail: m[1] ?? '', port: m[2] ?? '' }),
  },
  {
    ...said('ERR_RECOVER', `Attempting to recover from ([\\w-]{1,40}) err-disable state on ${PORT}`),
    sample: '%PM-4-ERR_RECOVER: Attempting to recover from psecure-violation err-disable state on Gi4/13',
    read: (m) => ({ kind: 'err-recover', reason: cause(m[1]), detail: m[1] ?? '', port: m[2] ?? '' }),
  },
  {
    ...said('UPDOWN', `(Line protocol on )?Interface ${PORT}, changed state to (up|down)`),
    sample: '%LINK-3-UPDOWN: Interface GigabitEthernet4/13, changed state to down',
    // The line protocol follows the link: one of both is told.
    read: (m) =>
      m[1] === undefined ? { kind: 'link', reason: m[3] === 'up' ? 'up' : 'down', port: m[2] ?? '' } : undefined,
  },
  {
    ...said('MACFLAP_NOTIF', `Host ${MAC} in vlan (\\d{1,4}) is flapping between port ${PORT} and port ${PORT}`),
    sample:
      '%SW_MATM-4-MACFLAP_NOTIF: Host 0050.56aa.bbcc in vlan 10 is flapping between port Gi1/0/1 and port Gi1/0/2',
    read: (m) => ({
      kind: 'mac-move',
      mac: mac(m[1]),
      vlan: vlan(m[2]),
      otherPort: m[3] ?? '',
      port: m[4] ?? '',
    }),
  },
  {
    ...said(
      'NATIVE_VLAN_MISMATCH',
      `Native VLAN mismatch discovered on ${PORT} \\((\\d{1,4})\\), with [^ ]{1,255} ${PORT} \\((\\d{1,4})\\)`,
    ),
    sample:
      '%CDP-4-NATIVE_VLAN_MISMATCH: Native VLAN mismatch discovered on FastEthernet0/1 (1), with sw2 FastEthernet0/2 (10).',
    read: (m) => ({
      kind: 'vlan-mismatch',
      port: m[1] ?? '',
      vlan: vlan(m[2]),
      otherPort: m[3] ?? '',
      detail: `native VLAN ${m[2] ?? ''} here, ${m[4] ?? ''} there`,
    }),
  },
  {
    ...said('L3DONTBNDL2', `${PORT} suspended: (LACP currently not enabled on the remote port)`),
    sample: '%EC-5-L3DONTBNDL2: Gi1/0/1 suspended: LACP currently not enabled on the remote port.',
    read: (m) => ({ kind: 'lacp', reason: 'suspended', port: m[1] ?? '', detail: m[2] ?? '' }),
  },
  {
    ...said('-BUNDLE', `Interface ${PORT} joined port-channel ${PORT}`),
    sample: '%EC-5-BUNDLE: Interface Gi1/0/1 joined port-channel Po1',
    read: (m) => ({ kind: 'lacp', reason: 'joined', port: m[1] ?? '', detail: m[2] ?? '' }),
  },
];

export const SPANNING_TREE: readonly LineRule[] = [
  {
    ...said('%SPANTREE-2-BLOCK_BPDUGUARD', `Received BPDU on port ${PORT} with BPDU Guard enabled`),
    sample:
      '%SPANTREE-2-BLOCK_BPDUGUARD: Received BPDU on port GigabitEthernet0/1 with BPDU Guard enabled. Disabling port.',
    read: (m) => ({ kind: 'stp', reason: 'bpdu-guard', port: m[1] ?? '' }),
  },
  {
    ...said('ROOTGUARD_BLOCK', `Root guard blocking port ${PORT} on ([A-Za-z0-9]{1,16})`),
    sample: '%SPANTREE-2-ROOTGUARD_BLOCK: Root guard blocking port GigabitEthernet0/1 on VLAN0001.',
    read: (m) => ({ kind: 'stp', reason: 'root-guard', port: m[1] ?? '', vlan: namedVlan(m[2]) }),
  },
  {
    ...said('LOOPGUARD_BLOCK', `Loop guard blocking port ${PORT} on ([A-Za-z0-9]{1,16})`),
    sample: '%SPANTREE-2-LOOPGUARD_BLOCK: Loop guard blocking port GigabitEthernet0/1 on VLAN0001.',
    read: (m) => ({ kind: 'stp', reason: 'loop-guard', port: m[1] ?? '', vlan: namedVlan(m[2]) }),
  },
  {
    ...said('RECV_PVID_ERR', `Received BPDU with inconsistent peer vlan id (\\d{1,4}) on ${PORT} VLAN(\\d{1,4})`),
    sample: '%SPANTREE-2-RECV_PVID_ERR: Received BPDU with inconsistent peer vlan id 1 on GigabitEthernet0/1 VLAN10.',
    read: (m) => ({
      kind: 'vlan-mismatch',
      port: m[2] ?? '',
      vlan: vlan(m[3]),
      detail: `native VLAN ${m[3] ?? ''} here, ${m[1] ?? ''} there`,
    }),
  },
];
