import type { Database, Tx } from '../../database/database.js';
import { measure } from '../../kernel/sms-parts.js';
import type { Violation } from './domain/violation.js';
import { CHARGE_CHECKS } from './persistence/sql/charge-checks.js';
import { DOCUMENT_CHECKS } from './persistence/sql/document-checks.js';
import { LEDGER_CHECKS } from './persistence/sql/ledger-checks.js';
import { SENDING_CHECKS } from './persistence/sql/sending-checks.js';
import { FETCH_STORED_TEXTS, OPEN_STORED_TEXTS, type StoredText } from './persistence/sql/stored-texts.js';

/** Where one row is wrong thousands may be: nobody reads more, and memory stays small. */
const MAX_PER_CHECK = 1_000;

const CHECKS = [...LEDGER_CHECKS, ...CHARGE_CHECKS, ...SENDING_CHECKS, ...DOCUMENT_CHECKS];
const RECOUNT = '8.parts';

/** Everything that is checked, by the names that violations carry. */
export const AUDITED: readonly string[] = [...CHECKS.map(({ invariant }) => invariant), RECOUNT];

/**
 * Recomputes the invariants of the product from its rows, in one read-only snapshot: what is being written meanwhile is
 * either seen whole or not at all. Answers at most {@link MAX_PER_CHECK} violations of each kind, in an order that a second run
 * repeats, and none when all is well.
 * Reads everything, and the snapshot keeps vacuum from cleaning up behind the queue: not for busy hours.
 */
export function runAudit(database: Database): Promise<Violation[]> {
  return database.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await tx.query('SET LOCAL statement_timeout = 0');
    // Everything is read.
    await tx.query('SET LOCAL enable_seqscan = on');
    const violations: Violation[] = [];
    for (const { invariant, text } of CHECKS) {
      const rows = await tx.query<Omit<Violation, 'invariant'>>(ordered(text), [MAX_PER_CHECK]);
      for (const row of rows) violations.push({ invariant, ...row });
    }
    violations.push(...(await recountParts(tx)));
    return violations;
  });
}

const ordered = (text: string) =>
  `SELECT * FROM (${text}) found ORDER BY "accountId", subject, expected, actual LIMIT $1`;

/** Invariant 8: the parts and the alphabet that were charged are those of the stored text. */
async function recountParts(tx: Tx): Promise<Violation[]> {
  const violations: Violation[] = [];
  await tx.query(OPEN_STORED_TEXTS);
  let texts: StoredText[];
  do {
    texts = await tx.query<StoredText>(FETCH_STORED_TEXTS);
    for (const { accountId, id, body, encoding, parts } of texts) {
      const counted = measure(body);
      if (counted.parts === parts && counted.encoding === encoding) continue;
      const [expected, actual] = [`${counted.parts} ${counted.encoding}`, `${parts} ${encoding}`];
      violations.push({ invariant: RECOUNT, accountId, subject: `message:${id}`, expected, actual });
    }
  } while (texts.length > 0 && violations.length < MAX_PER_CHECK);
  return violations;
}
