import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { CaseIdentities } from '../../src/redact/case-identities.ts';
import { ACTIONS, KIND_NAMES } from '../../src/redact/kinds.ts';
import { FITTING } from '../../src/redact/policy/actions.ts';
import { cidrOf, inCidr } from '../../src/redact/policy/cidr.ts';
import { diffPolicies } from '../../src/redact/policy/diff.ts';
import { canonicalJson, loadPolicy, shippedPolicies } from '../../src/redact/policy/load.ts';
import { ip, KEY, learned, mac, planWith, policyWith } from './core.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const BASE = { schema: 'rackwitness.policy/1', name: 'mine', title: 'A policy' };
const why = 'because it must be so';

function file(name: string, policy: object | string): string {
  const path = join(folder, name);
  writeFileSync(path, typeof policy === 'string' ? policy : JSON.stringify(policy));
  return path;
}

async function problems(policy: object | string, name = 'p.json'): Promise<readonly string[]> {
  const error: unknown = await loadPolicy(file(name, policy)).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Problem);
  return (error as Problem).lines;
}

describe('shipped policies', () => {
  it('are four, load, and justify every kind', async () => {
    expect(shippedPolicies()).toEqual(['auditor', 'incident-internal', 'public', 'vendor-support']);
    for (const name of shippedPolicies()) {
      const policy = await loadPolicy(name);
      expect(policy.name).toBe(name);
      expect(policy.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(policy.approval.required).toContain('approver');
      for (const kind of KIND_NAMES) {
        expect(policy.rules[kind].because, `${name} ${kind}`).not.toBe('no rule of the policy speaks of it');
        expect(FITTING[kind]).toContain(policy.rules[kind].action);
      }
      for (const kind of ['secret', 'payload', 'opaque'] as const) expect(policy.rules[kind].action).toBe('drop');
    }
  });
  it('public keeps no identifier, no person and no date', async () => {
    const { rules } = await loadPolicy('public');
    const kept = KIND_NAMES.filter((kind) => ['keep', 'keep-vendor', 'prefix-preserving'].includes(rules[kind].action));
    expect(kept).toEqual([]);
    for (const kind of ['username', 'email', 'circuit-id', 'remote-id', 'text', 'metadata', 'url'] as const)
      expect(rules[kind].action).toBe('drop');
    expect(rules.time.action).toBe('generalise');
  });
});

describe('loading', () => {
  it('the schema knows every kind and every action', () => {
    const schema = JSON.parse(readFileSync('src/redact/policy/policy.schema.json', 'utf8')) as {
      properties: { rules: { properties: object } };
      $defs: { action: { enum: string[] } };
    };
    expect(Object.keys(schema.properties.rules.properties)).toEqual(KIND_NAMES);
    expect(schema.$defs.action.enum).toEqual(ACTIONS);
  });

  it('drops what no rule speaks of', async () => {
    const policy = await loadPolicy(
      file('closed.json', { ...BASE, rules: { mac: { action: 'pseudonym', because: why } } }),
    );
    expect(policy.rules.mac.action).toBe('pseudonym');
    expect(KIND_NAMES.filter((kind) => policy.rules[kind].action !== 'drop')).toEqual(['mac']);
    expect(policy.undecoded).toBe('cut');
    const identities = new CaseIdentities({ policy, tierKey: KEY, facts: learned() });
    expect(identities.ipv4(ip('10.1.2.3'))).toBeUndefined();
    expect(identities.text('hostname', 'rack-7')).toBeUndefined();
  });

  it('lists every problem with its path', async () => {
    const lines = await problems({
      ...BASE,
      name: 'No Name',
      colour: 'red',
      rules: { mac: { action: 'shift', because: why }, ipv4: { action: 'pseudonym' }, macs: {} },
      undecoded: 'keep',
    });
    const all = lines.join('\n');
    for (const part of [
      '$.colour is not a key',
      '$.rules.macs is not a key',
      '$.rules.ipv4 has no "because"',
      '$.undecoded must be one of',
      '$.name ',
    ])
      expect(all).toContain(part);
    expect(lines.every((line) => line.startsWith('p.json: $'))).toBe(true);
  });

  it('lists what a schema cannot say', async () => {
    const lines = await problems({
      ...BASE,
      subnets: ['10.0.0.1/8', '10.0.0.0/8'],
      roles: { racks: ['10.0.0.0/24'] },
      rules: {
        mac: {
          action: 'shift',
          because: why,
          except: [
            { value: 'zz', action: 'keep', because: why },
            { subnet: '10.0.0.0/8', action: 'keep', because: why },
          ],
        },
        time: { action: 'keep-vendor', because: why },
        ipv4: {
          action: 'pseudonym',
          because: why,
          except: [
            { subnet: '10.0.0.0/8', action: 'prefix-preserving', because: why },
            { role: 'none', action: 'keep', because: why },
            { action: 'keep', because: why },
          ],
        },
        ipv6: { action: 'keep', because: why, except: [{ value: '::1', action: 'pseudonym', because: why }] },
        secret: { action: 'keep', because: why },
        payload: { action: 'pseudonym', because: why },
      },
    });
    for (const part of [
      '$.subnets[0] "10.0.0.1/8" is not a network',
      '$.rules.mac.action shift does not fit mac',
      '$.rules.mac.except[0].value "zz" is not a MAC address',
      '$.rules.mac.except[1].subnet mac has no subnets',
      '$.rules.time.action keep-vendor does not fit time',
      '$.rules.ipv4.except[0].action two permutations',
      '$.rules.ipv4.except[1].role no role is named "none"',
      '$.rules.ipv4.except[2] names none or several',
      '$.rules.ipv6.except[0].action a pseudonym of this one could be a real address',
      '$.rules.secret.action keep does not fit secret',
      '$.rules.payload.action pseudonym does not fit payload',
    ])
      expect(
        lines.filter((line) => line.includes(part)),
        part,
      ).toHaveLength(1);
    expect(lines).toHaveLength(11);
  });

  it('names the line of what is not JSON, and the policies that there are', async () => {
    expect((await problems('{\n  "schema": 1,,\n}'))[0]).toMatch(/p\.json:2: it is not JSON/);
    await expect(loadPolicy('nowhere')).rejects.toThrow(
      /no such policy; shipped are auditor, incident-internal, public, vendor-support/,
    );
  });
});

describe('extends', () => {
  it('replaces kind by kind, adds subnets and writes roles out', async () => {
    file('base.json', {
      ...BASE,
      name: 'base',
      extends: 'auditor',
      subnets: ['10.0.0.0/24'],
      roles: { racks: ['10.0.0.5', '10.9.0.0/16', '52:54:00:00:00:01', 'rack-1'] },
    });
    const policy = await loadPolicy(
      file('top.json', {
        ...BASE,
        extends: './base.json',
        subnets: ['10.1.0.0/24'],
        rules: {
          ipv4: { action: 'pseudonym', because: why, except: [{ role: 'racks', action: 'keep', because: why }] },
          mac: { action: 'pseudonym', because: why, except: [{ role: 'racks', action: 'keep', because: why }] },
        },
      }),
    );
    expect(policy.extends).toEqual(['base', 'auditor']);
    expect(policy.rules['vendor-class'].action).toBe('keep');
    expect(policy.subnets).toEqual(['10.0.0.0/24', '10.1.0.0/24']);
    expect(policy.rules.ipv4.except.map(({ value, subnet }) => value ?? subnet)).toEqual(['10.0.0.5', '10.9.0.0/16']);
    const identities = new CaseIdentities({ policy, tierKey: KEY, facts: learned() });
    expect(identities.ipv4(ip('10.0.0.5'))).toBe(ip('10.0.0.5'));
    expect(identities.ipv4(ip('10.9.8.7'))).toBe(ip('10.9.8.7'));
    expect(identities.ipv4(ip('10.0.0.6'))).not.toBe(ip('10.0.0.6'));
    expect(identities.mac(mac('52:54:00:00:00:01'))).toBe(mac('52:54:00:00:00:01'));
  });
  it('refuses cycles and depth', async () => {
    file('a.json', { ...BASE, extends: './b.json' });
    file('b.json', { ...BASE, extends: './a.json' });
    await expect(loadPolicy(join(folder, 'a.json'))).rejects.toThrow(/\$\.extends leads back/);
    for (let i = 0; i < 10; i += 1) file(`d${i}.json`, { ...BASE, extends: `./d${i + 1}.json` });
    await expect(loadPolicy(join(folder, 'd0.json'))).rejects.toThrow(/\$\.extends is more than 8 policies away/);
  });
});

describe('digest and differences', () => {
  it('the digest is of what the policy comes to, not of how it is written', async () => {
    const text = readFileSync('redaction-maps/auditor.json', 'utf8');
    const same = await loadPolicy(file('auditor.json', JSON.stringify(JSON.parse(text), null, 7)));
    expect(same.digest).toBe((await loadPolicy('auditor')).digest);
    const changed = await loadPolicy(file('other.json', text.replace('An auditor follows', 'The auditor follows')));
    expect(changed.digest).not.toBe(same.digest);
    expect(canonicalJson({ b: [1, 'x'], a: undefined, A: null })).toBe('{"A":null,"b":[1,"x"]}');
  });
  it('says kind by kind what differs', async () => {
    const auditor = await loadPolicy('auditor');
    expect(diffPolicies(auditor, auditor)).toEqual([]);
    const other = await policyWith(
      { mac: { action: 'keep-vendor', except: [{ value: '00:11:22:33:44:55', action: 'keep' }] } },
      { undecoded: 'zero' },
    );
    expect(diffPolicies(auditor, other)).toEqual([
      { subject: 'mac', from: 'pseudonym', to: 'keep-vendor, but keep 00:11:22:33:44:55' },
      { subject: 'undecoded', from: 'cut', to: 'zero' },
    ]);
  });
});

describe('warnings', () => {
  it('keep-vendor warns where makers have few machines, and names none', async () => {
    const small = learned((l) => {
      for (let i = 0; i < 3; i += 1) l.mac(0x001122000000 + i);
      for (let i = 0; i < 30; i += 1) l.mac(0x00aabb000000 + i);
    });
    const warnings = new CaseIdentities(await planWith(small, { mac: 'keep-vendor' })).warnings();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/1 of 2 makers have fewer than 10 machines in this case \(the fewest: 3\)/);
    expect(warnings[0]).not.toMatch(/00.?11.?22/);
    const large = learned((l) => {
      for (let i = 0; i < 30; i += 1) l.mac(0x00aabb000000 + i);
    });
    expect(new CaseIdentities(await planWith(large, { mac: 'keep-vendor' })).warnings()).toEqual([]);
    expect(new CaseIdentities(await planWith(small)).warnings()).toEqual([]);
  });
});

describe('networks in policies', () => {
  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['0.0.0.0/0', '11.0.0.1', true],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s holds %s: %s', (network, address, holds) => {
    const cidr = cidrOf(network);
    expect(cidr === undefined ? undefined : inCidr(cidr, ip(address))).toBe(holds);
  });
  it.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/8/8', 'x', '', '2001:db8::1/64', '2001:db8::/129'])(
    '%s is none',
    (network) => {
      expect(cidrOf(network)).toBeUndefined();
    },
  );
});
