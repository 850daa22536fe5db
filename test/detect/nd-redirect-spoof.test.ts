import { describe, expect, it } from 'vitest';
import { AccessPort, CLIENT, RACK, STRANGER } from '../support/access-port.ts';

const ROUTER = 'fe80::1';
const HOST = { ip: 'fe80::100', mac: CLIENT };
const ID = 'nd-redirect-spoof';

function redirect(by: string, name = ROUTER, advertised = true): AccessPort {
  const port = new AccessPort();
  if (advertised) port.routes(RACK, ROUTER, { prefixes: ['2001:db8::'] });
  return port.at(5).redirects(by, name, HOST, 'fe80::66', '2001:db8:9::1');
}

describe('nd-redirect-spoof fires', () => {
  it('high on a redirect in the name of the router from another MAC address', () => {
    const { ids, findings } = redirect(STRANGER).judged();
    expect(ids).toEqual([ID]);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      subject: { router: ROUTER, mac: STRANGER },
      last: { confidence: { level: 'likely' } },
    });
    expect(findings[0]?.last.message).toContain('to send what goes to 2001:db8:9::1 by fe80::66');
  });

  it('for certain on one that the profile does not list, low on a stranger', () => {
    const profile = { routers: [{ address: ROUTER, macs: [RACK] }] };
    expect(redirect(STRANGER).judged(profile).findings[0]?.last.confidence.level).toBe('certain');
    expect(redirect(STRANGER, 'fe80::77').judged().findings[0]).toMatchObject({
      severity: 'low',
      detector: { id: ID },
    });
  });
});

describe('nd-redirect-spoof stays quiet', () => {
  it("on the router's own redirect, and where no router is known", () => {
    expect(redirect(RACK).judged().ids).toEqual([]);
    expect(redirect(STRANGER, ROUTER, false).judged().ids).toEqual([]);
  });

  it('on one that the profile lists', () => {
    expect(redirect(RACK, 'fe80::5').judged({ routers: [{ address: 'fe80::5' }] }).ids).toEqual([]);
  });
});
