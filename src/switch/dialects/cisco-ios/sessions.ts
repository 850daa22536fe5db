import { after, type LineRule, mac, MAC, PORT } from '../../dialect.ts';
import type { SwitchReason } from '../../line.ts';
import { XE } from './xe.ts';

const CLIENT = `client \\(?(${MAC.slice(1, -1)}|Unknown MAC)\\)? on Interface ${PORT}`;

function session(mnemonic: string, sentence: string, reason: SwitchReason, sample: string): LineRule {
  const hint = `%${mnemonic}: `;
  return {
    hint,
    pattern: after(hint, `${XE}${sentence} for ${CLIENT}`),
    sample,
    read: (m) => ({ kind: 'dot1x', reason, mac: mac(m[1]), port: m[2] ?? '' }),
  };
}

/** Outcomes of `%AUTHMGR-7-RESULT`: what the server or the silence of the client decided. */
const RESULTS: ReadonlyMap<string, Readonly<Record<'dot1x' | 'mab', SwitchReason>>> = new Map([
  ['success', { dot1x: 'accepted', mab: 'bypass-accepted' }],
  ['fail', { dot1x: 'rejected', mab: 'bypass-rejected' }],
  ['no-response', { dot1x: 'no-response', mab: 'no-response' }],
] as const);

export const DOT1X: readonly LineRule[] = [
  session(
    'DOT1X-5-FAIL',
    'Authentication failed',
    'rejected',
    '%DOT1X-5-FAIL: Switch 2 R0/0: smd:  Authentication failed for client (002A.C102.3EB4) on Interface Gi4/0/22 AuditSessionID 0C65633E00032EF22F9CBDFE',
  ),
  session(
    'DOT1X-5-SUCCESS',
    'Authentication successful',
    'accepted',
    '%DOT1X-5-SUCCESS: Authentication successful for client (0023.b53e.3e12) on Interface Gi1/0/3 AuditSessionID 0C65633E00032EF22F9CBDFE',
  ),
  session(
    'MAB-5-FAIL',
    'Authentication failed',
    'bypass-rejected',
    '%MAB-5-FAIL: Authentication failed for client (0023.b53e.3e12) on Interface Gi1/0/3 AuditSessionID 0C65633E00032EF22F9CBDFE',
  ),
  session(
    'MAB-5-SUCCESS',
    'Authentication successful',
    'bypass-accepted',
    '%MAB-5-SUCCESS: Authentication successful for client (0023.b53e.3e12) on Interface Gi1/0/3 AuditSessionID 0C65633E00032EF22F9CBDFE',
  ),
  {
    hint: '%AUTHMGR-5-START: ',
    pattern: after('%AUTHMGR-5-START: ', `${XE}Starting '(dot1x|mab)' for ${CLIENT}`),
    sample:
      "%AUTHMGR-5-START: Starting 'dot1x' for client (0023.b53e.3e12) on Interface Gi1/0/3 AuditSessionID 0C65633E",
    read: (m) => ({ kind: 'dot1x', reason: 'started', detail: m[1] ?? '', mac: mac(m[2]), port: m[3] ?? '' }),
  },
  {
    hint: '%AUTHMGR-7-RESULT: ',
    pattern: after(
      '%AUTHMGR-7-RESULT: ',
      `${XE}Authentication result '([\\w-]{1,24})' from '(dot1x|mab)' for ${CLIENT}`,
    ),
    sample:
      "%AUTHMGR-7-RESULT: Authentication result 'no-response' from 'dot1x' for client (Unknown MAC) on Interface Et1/2 AuditSessionID 0A0A320A00000001A00F9E44A",
    read(m) {
      const reason = RESULTS.get(m[1] ?? '')?.[m[2] === 'mab' ? 'mab' : 'dot1x'];
      if (reason === undefined) return undefined;
      return { kind: 'dot1x', reason, detail: m[2] ?? '', mac: mac(m[3]), port: m[4] ?? '' };
    },
  },
  {
    hint: '%AUTHMGR-5-SECURITY_VIOLATION: ',
    pattern: after(
      '%AUTHMGR-5-SECURITY_VIOLATION: ',
      `${XE}Security violation on the interface ${PORT}, new MAC address \\(${MAC}\\) is seen`,
    ),
    sample:
      '%AUTHMGR-5-SECURITY_VIOLATION: Security violation on the interface GigabitEthernet1/0/24, new MAC address (0050.5687.19af) is seen.AuditSessionID  Unassigned',
    read: (m) => ({ kind: 'dot1x', reason: 'violation', port: m[1] ?? '', mac: mac(m[2]) }),
  },
];
