import type { Unmapped } from '../mapping.ts';

/** What tshark adds of its own under any layer. */
export const GENERATED: readonly Unmapped[] = [
  { reason: 'tshark judges a field or a message; our own faults are tested apart', names: ['_ws.*'] },
  { reason: 'a label without a field of its own; what it labels follows', names: [''] },
  { reason: 'bytes that no dissector of tshark reads', names: ['data', 'data.data', 'data.len'] },
  { reason: 'how tshark marks what it leaves out or cannot place', names: ['fake-field-wrapper'] },
];
