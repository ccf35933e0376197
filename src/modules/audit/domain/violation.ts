/** One row that contradicts an invariant. Amounts are micro-units. */
export interface Violation {
  /** Number in the list of invariants, and what exactly was compared: `1.entry_sum`. */
  invariant: string;
  accountId: string;
  /** `<noun>:<id>` of the row that is wrong, or of the row whose parts do not add up to it. */
  subject: string;
  expected: string;
  actual: string;
}

/** A statement that finds violations; its rows are `accountId`, `subject`, `expected`, `actual`, in any order. */
export interface AuditCheck {
  invariant: string;
  text: string;
}
