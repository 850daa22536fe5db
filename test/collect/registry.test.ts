import { describe, expect, it } from 'vitest';
import { chooseCollectors } from '../../src/collect/choose.ts';
import { type Collector, PROFILES, type Request, SYMPTOMS } from '../../src/collect/collector.ts';
import { excluded } from '../../src/collect/exclude.ts';
import { LocalHost } from '../../src/collect/host.ts';
import { COLLECTORS } from '../../src/collect/registry.ts';
import { PRESETS } from '../../src/collect/capture/presets.ts';
import { KIND_NAMES } from '../../src/redact/kinds.ts';
import { names } from '../conformance/sources.ts';
import { tree } from './scene.ts';

const WINDOW = { since: 1, until: 2 };
const REST: Request = { window: WINDOW, journalDir: '', api: 'rest', maasProfile: '', add: ['/x'] };
const COMMAND: Request = { ...REST, api: 'command', maasProfile: 'admin' };

function steps(collector: Collector): ReturnType<Collector['plan']> {
  const host = new LocalHost({ root: tree({ '/sys/class/net/eth0/device': '' }) });
  return [...collector.plan(host, REST), ...collector.plan(host, COMMAND)];
}

describe('the registry of collectors', () => {
  it('is sorted, holds every file under the name of its id, and none twice', () => {
    const ids = COLLECTORS.map(({ id }) => id);
    expect(ids, 'sort the list in src/collect/registry.ts').toEqual([...new Set(ids)].sort());
    expect(ids, 'one file and one line each').toEqual(
      names('src/collect/collectors')
        .map((name) => name.replace(/\.ts$/, ''))
        .sort(),
    );
  });

  it.each(COLLECTORS.map((one) => [one.id, one] as const))('%s says what it is', (_id, collector) => {
    for (const text of [collector.title, collector.takes, collector.why]) expect(text).not.toBe('');
    expect(collector.timeout).toBeGreaterThan(0);
    expect(collector.cap).toBeGreaterThan(0);
    expect(collector.holds, 'name the kinds of identifier that it holds').not.toEqual([]);
    for (const kind of collector.holds) expect(KIND_NAMES).toContain(kind);
    expect(
      collector.profiles.length + collector.symptoms.length,
      'nothing but full would ever choose it',
    ).toBeGreaterThan(0);
    expect(steps(collector)).not.toEqual([]);
  });

  it.each(COLLECTORS.map((one) => [one.id, one] as const))(
    '%s runs nothing that a shell would have to read',
    (_id, one) => {
      for (const step of steps(one)) {
        const argv = 'run' in step ? step.run : 'pages' in step ? step.pages : [];
        expect(argv[0] ?? 'x', 'name the program, not its path').toMatch(/^[a-z0-9][a-z0-9_-]*$/);
        expect(['sh', 'bash', 'dash', 'env', 'sudo', 'xargs', 'python3', 'perl']).not.toContain(argv[0]);
        if ('as' in step)
          expect(step.as, 'an output is named by the catalogue').toMatch(/^[a-z0-9][a-z0-9-]*\.[a-z]+$/);
      }
    },
  );

  it('reads no fixed path that is excluded', () => {
    for (const collector of COLLECTORS) {
      for (const step of steps(collector)) {
        if (!('read' in step) || step.asked === true) continue;
        expect([step.read, excluded(step.read.replaceAll('*', 'x'))]).toEqual([step.read, undefined]);
        if (/^\/(?:etc|run)\//.test(step.read) && step.kind === 'config') {
          const known = /resolv|nsswitch|hosts/.test(step.read);
          expect([step.read, step.blank === true || known], 'configuration may hold passwords: blank it').toEqual([
            step.read,
            true,
          ]);
        }
      }
    }
  });

  it('asks by GET alone, and never for power parameters or keys', () => {
    for (const collector of COLLECTORS) {
      for (const step of steps(collector)) {
        if (!('get' in step)) continue;
        expect(step.get).toMatch(/^[a-z-]+\/(?:\?[a-z_]+=[A-Za-z0-9_=&]*)?$/);
        expect(step.get).not.toMatch(/power|secret|omapi|rpc|ssh|sshkeys|account|users|token/);
      }
    }
  });
});

describe('profiles and symptoms', () => {
  it('each choose something, and full everything', () => {
    const full = chooseCollectors('', []).collectors;
    expect(full.length).toBe(COLLECTORS.length);
    const size = (profile: string): number => chooseCollectors(profile, []).collectors.length;
    expect(size('minimal')).toBeGreaterThan(3);
    for (const profile of Object.keys(PROFILES)) {
      expect(size(profile)).toBeLessThanOrEqual(full.length);
      expect(chooseCollectors(profile, []).collectors[0]?.id).toBe('clock');
    }
    expect(size('minimal')).toBeLessThan(size('dhcp'));
    expect(size('minimal')).toBeLessThan(size('tls'));
  });

  it('are the eight of the guide, by the names that captures use', () => {
    expect(Object.keys(SYMPTOMS).length).toBe(8);
    const presets = PRESETS.map(({ name }) => name);
    for (const symptom of Object.keys(SYMPTOMS)) expect(presets).toContain(symptom);
    for (const symptom of Object.keys(SYMPTOMS)) {
      const chosen = chooseCollectors('', [symptom]);
      expect(chosen.profile).toBe('');
      expect(chosen.collectors.length).toBeGreaterThan(4);
      expect(chosen.collectors.length).toBeLessThan(COLLECTORS.length);
    }
  });

  it('that are none are named, with what there is', () => {
    expect(() => chooseCollectors('huge', ['flu'])).toThrow(/--profile huge: give one of minimal[^]*--symptom flu/);
  });
});
