import { parentPort, workerData } from 'node:worker_threads';
import type { Original } from '../src/redact/gate/needles.ts';
import { RawGate } from '../src/redact/gate/raw.ts';
import type { GateAnswer, GateQuestion } from '../src/redact/gate/thread.ts';

const gate = new RawGate(workerData as Original[]);
let last: Promise<void> = Promise.resolve();

/** One question after another; the originals never leave this thread's memory. */
parentPort?.on('message', (question: GateQuestion) => {
  last = last.then(async () => {
    const answer: GateAnswer = { id: question.id, value: undefined, failed: false };
    try {
      if (question.ask === 'search') await gate.search(question.path, question.name, question.prose);
      else answer.value = question.ask === 'finds' ? gate.finds(question.text) : gate.told();
    } catch {
      answer.failed = true;
    }
    parentPort?.postMessage(answer);
  });
});
