import type { ApprovalWords } from '../../src/collect/approval.ts';

/** Nothing was said. */
export const NO_APPROVAL: ApprovalWords = {
  by: '',
  ticket: '',
  scope: '',
  purpose: '',
  legalBasis: '',
  recipients: '',
  retainUntil: '',
};
