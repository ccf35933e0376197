import type { Tx } from '../../../database/database.js';
import { documentNumber } from '../domain/document-number.js';

export interface NumberedDocument {
  legalEntityId: string;
  series: string;
  /** Of issue. */
  year: number;
  accountId: string;
  documentId: string;
}

/**
 * Draws the next number of a series for a document: `К-2026-17`. The counter row stays locked until the issuing transaction ends, so a
 * failure leaves no gap; draw late.
 */
export async function drawNumber(tx: Tx, document: NumberedDocument): Promise<string> {
  const { legalEntityId, series, year, accountId, documentId } = document;
  const number = await nextNumber(tx, legalEntityId, series, year);
  const name = documentNumber(series, year, number);
  await tx.query(
    `INSERT INTO document_numbers (legal_entity_id, series, year, number, document_number, account_id, document_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [legalEntityId, series, year, number, name, accountId, documentId],
  );
  return name;
}

async function nextNumber(tx: Tx, legalEntityId: string, series: string, year: number): Promise<number> {
  const [row] = await tx.query<{ last_number: number }>(
    `INSERT INTO document_counters (legal_entity_id, series, year, last_number) VALUES ($1, $2, $3, 1)
     ON CONFLICT (legal_entity_id, series, year) DO UPDATE SET last_number = document_counters.last_number + 1
     RETURNING last_number`,
    [legalEntityId, series, year],
  );
  return row!.last_number;
}
