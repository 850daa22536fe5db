import { describe, expect, it } from 'vitest';
import { AccessPort, STRANGER } from '../support/access-port.ts';
import * as p from '../support/packets.ts';

const ROUTER = 'fe80::66';
const BODY = p.concat([64, 0], p.u16(1800), p.u32(0), p.u32(0), p.ndOption(1, p.mac(STRANGER)));

function hidden(type: number, extensions: p.Ipv6Fields['extensions'], body = BODY): AccessPort {
  const packet = p.ipv6(
    { src: ROUTER, dst: 'ff02::1', proto: 58, hopLimit: 255, ...(extensions === undefined ? {} : { extensions }) },
    p.icmp6(type, 0, body),
  );
  return new AccessPort().frame(p.eth({ src: STRANGER, dst: '33:33:00:00:00:01', type: p.ETHER_IPV6 }, packet));
}

describe('ra-guard-evasion fires', () => {
  it('high on an advertisement behind an extension header', () => {
    const { ids, findings } = hidden(134, [p.paddingHeader(60)]).judged();
    expect(ids).toEqual(['ra-guard-evasion']);
    expect(findings[0]).toMatchObject({
      severity: 'high',
      subject: { station: STRANGER, message: 'Router Advertisement' },
    });
  });

  it('high on an advertisement in fragments', () => {
    const port = new AccessPort();
    const body = p.icmp6(134, 0, BODY);
    for (const packet of p.ipv6Fragments({ src: ROUTER, dst: 'ff02::1', proto: 58, hopLimit: 255 }, body, 8)) {
      port.frame(p.eth({ src: STRANGER, dst: '33:33:00:00:00:01', type: p.ETHER_IPV6 }, packet));
    }
    const { findings } = port.judged();
    expect(findings.map(({ detector, severity }) => [detector.id, severity])).toEqual([['ra-guard-evasion', 'high']]);
    expect(findings[0]?.last.message).toContain('in fragments');
  });

  it('medium on another message, low on a router that the profile lists', () => {
    const redirect = p.concat(p.u32(0), p.ip6('fe80::7'), p.ip6('2001:db8::1'));
    expect(
      hidden(137, [p.paddingHeader(0)], redirect)
        .judged()
        .findings.find((one) => one.detector.id === 'ra-guard-evasion')?.severity,
    ).toBe('medium');
    expect(hidden(134, [p.paddingHeader(60)]).judged({ routers: [{ address: ROUTER }] }).findings[0]?.severity).toBe(
      'low',
    );
  });
});

describe('ra-guard-evasion stays quiet', () => {
  it('on plain advertisements, however long', () => {
    const port = new AccessPort().routes(STRANGER, ROUTER, {
      prefixes: ['2001:db8:1::', '2001:db8:2::', '2001:db8:3::'],
    });
    expect(port.judged().ids).toEqual([]);
  });
});
