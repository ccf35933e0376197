import type { Database } from '../../src/database/database.js';
import { SELLER } from '../../src/entrypoints/demo/cabinet.js';
import { runAudit } from '../../src/modules/audit/index.js';
import { cp1251, oneC } from '../support/bank-files.js';
import { openBooks } from './backlog.js';
import { type OpenedCabinet, openCabinet } from './opened-cabinet.js';

const INVOICES_PER_ACCOUNT = 50;

export interface MoneyOptions {
  /** Lines of the bank's file. */
  lines: number;
}

/**
 * A file of a bank with a payment for each of so many invoices of many accounts: how long until all are credited and covered, how long the
 * same file takes once more, and whether the books are right afterwards.
 */
export async function money({ lines }: MoneyOptions): Promise<Record<string, unknown>> {
  const cabinet = await openCabinet();
  const books = await openBooks(cabinet.databaseUrl);
  try {
    const numbers = await prepare(cabinet, books, lines);
    const day = new Date().toISOString().slice(0, 10);
    const movements = numbers.map((number, index) => ({
      minor: 5_000 + (index % 997),
      purpose: `Оплата по счету № ${number} от 12.01.2026, в т.ч. НДС 22%`,
      reference: String(index + 1),
      account: `407028100000${String(index % 1_000).padStart(8, '0')}`,
      day,
    }));
    const file = cp1251(oneC({ account: SELLER.bank.accountNumber, movements }));
    const first = await timed(() => cabinet.staff.upload<Report>('/admin/v1/bank-statements', file, 'text/plain'));
    const again = await timed(() => cabinet.staff.upload<Report>('/admin/v1/bank-statements', file, 'text/plain'));
    const violations = (await runAudit(books)).length;
    return {
      lines,
      megabytes: Math.round(file.length / 1_048_576),
      importSeconds: first.seconds,
      credited: first.result.credited,
      againSeconds: again.seconds,
      known: again.result.known,
      violations,
    };
  } finally {
    await books.close();
    await cabinet.close();
  }
}

interface Report {
  credited: number;
  known: number;
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const startedAt = performance.now();
  const result = await work();
  return { seconds: Math.round((performance.now() - startedAt) / 100) / 10, result };
}

/** Copies of one account with a payer, and of an invoice that it made; the numbers of the invoices. */
async function prepare({ portal, accountId }: OpenedCabinet, database: Database, invoices: number): Promise<string[]> {
  const payer = { country: 'RU', name: 'ООО «Здоровье»', taxNumber: '7707083893', address: 'Москва' };
  const { id: payerId } = await portal.post<{ id: string }>('/v1/payers', payer);
  await portal.post('/v1/invoices', { payerId, amount: { amount: '50.00', currency: 'RUB' } });
  const copies = Math.ceil(invoices / INVOICES_PER_ACCOUNT);
  await database.query(
    `INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', gen_random_uuid(), 'external_id', NULL))).*
     FROM accounts a CROSS JOIN generate_series(1, $2::integer) WHERE a.id = $1`,
    [accountId, copies],
  );
  await database.query(
    `INSERT INTO payers SELECT (jsonb_populate_record(p, jsonb_build_object('account_id', a.id))).*
     FROM payers p JOIN accounts a ON a.kind = 'customer' AND a.id <> p.account_id WHERE p.account_id = $1`,
    [accountId],
  );
  const rows = await database.query<{ number: string }>(
    `WITH made AS (
       SELECT a.id AS account_id, gen_random_uuid() AS id, 1 + row_number() OVER () AS n
       FROM accounts a CROSS JOIN generate_series(1, $2::integer) WHERE a.kind = 'customer' AND a.id <> $1 LIMIT $3),
     numbers AS (
       INSERT INTO document_numbers (legal_entity_id, series, year, number, document_number, account_id, document_id)
       SELECT c.legal_entity_id, c.series, c.year, m.n, concat_ws('-', c.series, c.year, m.n), m.account_id, m.id
       FROM made m CROSS JOIN document_counters c)
     INSERT INTO invoices
     SELECT (jsonb_populate_record(s, jsonb_build_object(
       'account_id', m.account_id, 'id', m.id, 'document_number', concat_ws('-', c.series, c.year, m.n)))).*
     FROM made m CROSS JOIN document_counters c JOIN invoices s ON s.account_id = $1
     RETURNING document_number AS number`,
    [accountId, INVOICES_PER_ACCOUNT, invoices],
  );
  await database.query(`UPDATE document_counters SET last_number = last_number + $1`, [invoices]);
  await database.query('ANALYZE');
  return rows.map(({ number }) => number);
}
