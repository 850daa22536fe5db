import { bySight, type Places } from './places.ts';
import { Names } from './identity.ts';
import type { Climb, Machine } from './machine.ts';
import { judge } from './judge.ts';
import type { Boot, BootStep, EarlierBoot } from './types.ts';

/** A capture's time on the clock that all share (microseconds). */
export type Clock = (capture: number, time: number) => number;

export interface Surroundings {
  places: Places;
  clock: Clock;
  /** Time of a capture's last frame. */
  endOf(capture: number): number;
  visible(machine: Machine): boolean;
}

/** Two sights of one boot at two points begin within this of each other, on the common clock (microseconds). */
const SAME_START_US = 5e6;

/** One ladder for each machine: what several segments and captures show of it is one. */
export function ladders(machines: readonly Machine[], around: Surroundings): Boot[] {
  dropRouters(machines);
  return joinRouted(groups(machines), around.clock)
    .map((group) => ladder(group, around))
    .sort((a, b) => a.firstTime - b.firstTime || a.mac - b.mac);
}

/** A MAC under which several machines are known by their addresses alone is a router's: it names none of them. */
function dropRouters(machines: readonly Machine[]): void {
  const users = new Map<number, number>();
  for (const { byAddress, mac } of machines) if (byAddress) users.set(mac, (users.get(mac) ?? 0) + 1);
  for (const machine of machines) if (machine.byAddress && (users.get(machine.mac) ?? 0) > 1) machine.anonymous = true;
}

/** Machines by MAC; and by UUID, where not two adapters asked at the same time (then two machines share one by mistake). */
function groups(machines: readonly Machine[]): Machine[][] {
  const byMac = new Map<number | string, Machine[]>();
  const order: Machine[][] = [];
  for (const machine of machines) {
    const key = machine.mac < 0 || machine.anonymous ? '' : machine.mac;
    const known = key === '' ? undefined : byMac.get(key);
    if (known !== undefined) {
      known.push(machine);
      continue;
    }
    const group = [machine];
    order.push(group);
    if (key !== '') byMac.set(key, group);
  }
  const byUuid = new Map<string, Machine[]>();
  return order.filter((group) => {
    const uuid = group.find(({ names }) => names.uuid !== '')?.names.uuid;
    if (uuid === undefined) return true;
    const known = byUuid.get(uuid);
    if (known === undefined) {
      byUuid.set(uuid, group);
      return true;
    }
    if (group.some((one) => known.some((other) => together(one, other)))) return true;
    known.push(...group);
    return false;
  });
}

/**
 * What is known by its address alone is the machine that fetches the same file from the same port at another point. Of
 * two that are both known so, the one that saw the request first is nearer to the machine, and has its MAC.
 */
function joinRouted(list: Machine[][], clock: Clock): Machine[][] {
  const byKey = new Map<string, { group: Machine[]; step: BootStep }>();
  return list.filter((group) => {
    const steps = group.flatMap(({ climbs }) => climbs.flatMap((climb) => climb.steps)).filter(isFetch);
    const [one] = group;
    for (const step of steps) {
      const known = byKey.get(step.key);
      if (known === undefined) {
        byKey.set(step.key, { group, step });
        continue;
      }
      const [other] = known.group;
      if (one === undefined || other === undefined || known.step.first.capture === step.first.capture) continue;
      if (!one.byAddress && !other.byAddress) continue;
      const later = begun(step, clock) >= begun(known.step, clock);
      const stranger = !one.byAddress ? other : !other.byAddress || later ? one : other;
      stranger.anonymous = true;
      known.group.push(...group);
      return false;
    }
    return true;
  });
}

function isFetch({ name }: BootStep): boolean {
  return name !== 'dhcp' && name !== 'proxydhcp';
}

function begun({ first }: BootStep, clock: Clock): number {
  return clock(first.capture, first.sec * 1e6 + first.nsec / 1e3);
}

function together({ asked: a }: Machine, { asked: b }: Machine): boolean {
  return a[0] > 0 && b[0] > 0 && a[0] <= b[1] && b[0] <= a[1];
}

function ladder(group: Machine[], around: Surroundings): Boot {
  const count = ({ climb }: Machine): number => climb.steps.filter(({ state }) => state !== 'undecided').length;
  const [main = group[0], ...others] = [...group].sort(
    (a, b) =>
      Number(a.anonymous) - Number(b.anonymous) ||
      count(b) - count(a) ||
      a.firstTime - b.firstTime ||
      a.segment - b.segment,
  );
  if (main === undefined) throw new Error('a ladder is of one machine at least');
  const names = new Names();
  for (const { names: own, anonymous } of [main, ...others]) names.merge(own, anonymous ? 'mac' : undefined);
  const climbs = climbsOf(main, others, around);
  const visible = group.some((machine) => around.visible(machine));
  const leased = group.some(({ addresses }) => addresses.length > 0);
  const first = climbs[0]?.steps[0]?.first;
  const [link, dot1x] = around.places.rungs({ segment: main.segment, mac: main.mac, first, leased });
  const told = [main, ...others].find(({ promised }) => promised !== undefined);
  const facts = {
    architectures: [main, ...others].find((one) => one.architectures.length > 0)?.architectures ?? [],
    promised: told?.promised,
    proxyOffer: [main, ...others].find(({ proxyOffer }) => proxyOffer !== undefined)?.proxyOffer,
    visible,
    late: group.every(({ late }) => late),
    endOf: around.endOf,
  };
  const judged = climbs.map((climb, i) => judge(climb, i === 0 ? [link, dot1x] : [], facts));
  const last = judged.at(-1);
  const climb = climbs.at(-1);
  if (last === undefined || climb === undefined) throw new Error('a machine has one boot at least');
  const earlier = judged.slice(0, -1).map((one, i): EarlierBoot[] => {
    const begun = climbs[i]?.steps[0]?.first;
    return begun === undefined ? [] : [{ first: begun, state: one.state, stoppedAt: one.stoppedAt }];
  });
  const steps = climbs.flatMap((one) => one.steps);
  const macs = [...new Set([main, ...others].flatMap(({ mac, anonymous }) => (mac < 0 || anonymous ? [] : [mac])))];
  return {
    segment: main.segment,
    segments: [...new Set([main, ...others].map(({ segment }) => segment))],
    mac: main.anonymous ? -1 : main.mac,
    macs,
    client: main.client,
    names,
    addresses: [...new Set([main, ...others].flatMap(({ addresses }) => addresses))],
    architectures: facts.architectures,
    promised: facts.promised,
    steps: climb.steps,
    ...last,
    lost: climbs.reduce((sum, { lost }) => sum + lost, 0),
    firstTime: Math.min(...group.map(({ firstTime }) => firstTime)),
    lastTime: steps.reduce((latest, { lastTime }) => Math.max(latest, lastTime), main.firstTime),
    visible,
    attempt: Math.max(...group.map(({ attempts }) => attempts)),
    earlier: earlier.flat(),
  };
}

/** The boots of the machine's best view, with what the other views have beside it. */
function climbsOf(main: Machine, others: readonly Machine[], { clock }: Surroundings): Climb[] {
  const common = (step: BootStep): number => begun(step, clock);
  const climbs = main.climbs.map((climb) => ({ ...climb, steps: [...climb.steps] }));
  const here = main.climbs[0]?.steps[0]?.first.capture ?? 0;
  const known = new Map<string, BootStep>();
  for (const { steps } of climbs) for (const step of steps) known.set(step.key, step);
  for (const other of others) {
    for (const { steps, reported } of other.climbs) {
      for (const step of steps) {
        const same = known.get(step.key);
        if (same !== undefined && (same.first.capture !== step.first.capture || other.segment !== main.segment)) {
          join(same, step);
          continue;
        }
        const at = common(step);
        const climb = climbs.findLast(({ start }) => clock(here, start) <= at + SAME_START_US) ?? climbs[0];
        climb?.steps.push(step);
        known.set(step.key, step);
        if (climb !== undefined) climb.reported ??= reported;
      }
    }
  }
  for (const { steps } of climbs) steps.sort((a, b) => common(a) - common(b) || bySight(a.first, b.first));
  return climbs;
}

/** How much is known of a step: what failed was seen by whoever waited for it. */
const WEIGHT = { undecided: 0, skipped: 1, missing: 2, failed: 3, done: 4 } as const;

/**
 * One exchange seen at two points. What one of them saw happen happened; an answer that one saw and another waited for
 * in vain was lost between, and then it is the waiting that counts, unless the machine took it (a REQUEST, a file).
 */
function join(step: BootStep, other: BootStep): void {
  const better = WEIGHT[other.state] > WEIGHT[step.state];
  if (other.outcome !== step.outcome && step.elsewhere.length < 4) {
    const [sight, outcome] = better ? [step.last, step.outcome] : [other.last, other.outcome];
    if (outcome !== 'open' && outcome !== 'not-visible') step.elsewhere.push({ sight, outcome });
  }
  const ends = new Set([step.outcome, other.outcome]);
  const offerLost = ends.has('no-offer') && ends.has('offer-ignored');
  if (offerLost || (ends.has('no-answer') && ends.has('ack'))) {
    step.state = 'missing';
    step.outcome = offerLost ? 'offer-lost' : 'ack-lost';
    step.server = step.server === -1 ? other.server : step.server;
  } else if (better) {
    step.state = other.state;
    step.outcome = other.outcome;
    step.server = other.server;
    step.last = other.last;
    step.bytes = Math.max(step.bytes, other.bytes);
  }
  step.tries = Math.max(step.tries, other.tries);
}
