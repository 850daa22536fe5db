import type { Address } from '../../wire/envelope.ts';
import { BoundedMap } from '../bounded.ts';
import { addressKey } from '../station.ts';

/** Questions open at one time: a scan asks some hundreds a second. One that is older than 3 s is forgotten without loss. */
const QUESTIONS = 4_096;
/** Stations that ask for one address at one time. */
const ASKERS = 4;
/** An answer later than this (microseconds) answers nothing: ARP and ND ask anew after 1 s. */
const ANSWER_US = 3e6;
/** Another's answer to a question that has been answered comes within this time, or nobody asked for it. */
const SECOND_ANSWER_US = 1e6;
/** Stations that answer one question. */
const ANSWERS = 4;

/** A MAC (ARP) or an IPv6 address (ND). */
export type Asker = number | string;

interface Question {
  asker: Asker;
  time: number;
  answers: number[];
  /** Of the first answer. */
  answered: number;
}

const NOBODY: readonly number[] = [];

/** Who asked for which address a moment ago, and who has answered. */
export class Questions {
  private readonly table = new BoundedMap<number | string, Question[]>(
    'neighbours.questions',
    QUESTIONS,
    (_key, list) => {
      if (list.some((question) => this.now - question.time <= ANSWER_US)) this.lostUntil = this.now + ANSWER_US;
    },
  );
  private now = 0;
  /** Until then an answer may belong to a question that the cap took away. */
  private lostUntil = 0;

  ask(segment: number, address: Address, asker: Asker, time: number): void {
    const key = addressKey(segment, address);
    this.now = time;
    const list = this.table.get(key);
    if (list === undefined) {
      this.table.set(key, [{ asker, time, answers: [], answered: 0 }]);
      return;
    }
    const same = list.find((question) => question.asker === asker);
    if (same !== undefined) {
      same.time = time;
      if (same.answers.length > 0) same.answers = [];
      return;
    }
    if (list.length >= ASKERS) list.shift();
    list.push({ asker, time, answers: [], answered: 0 });
  }

  /**
   * Takes an answer.
   * @returns who else had answered this very question, or undefined when nobody had asked
   */
  answer(segment: number, address: Address, asker: Asker, mac: number, time: number): readonly number[] | undefined {
    const question = this.table.peek(addressKey(segment, address))?.find((q) => q.asker === asker);
    if (question === undefined || time - question.time > ANSWER_US) return time <= this.lostUntil ? NOBODY : undefined;
    const others = question.answers;
    if (others.length === 0) question.answered = time;
    else if (time - question.answered > SECOND_ANSWER_US) return undefined;
    if (others.includes(mac)) return NOBODY;
    if (others.length < ANSWERS) question.answers = [...others, mac];
    return others;
  }
}
