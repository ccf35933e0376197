import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A bank's reference is the same whatever its case and its blanks: a transfer that is typed in twice must not be credited twice. What
 * was recorded twice so far stays, told apart by the payment's id, since its money has moved.
 */
export class FoldBankReferences1764000001300 implements MigrationInterface {
  name = 'FoldBankReferences1764000001300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE payment_references r
      SET bank_reference = CASE WHEN t.nth = 1 THEN t.tidy ELSE t.tidy || ' #' || t.payment_id END
      FROM (
        SELECT payment_id, legal_entity_id, bank_reference, tidy,
               row_number() OVER (PARTITION BY legal_entity_id, lower(tidy)
                                  ORDER BY bank_reference <> tidy, payment_id) AS nth
        FROM payment_references
        CROSS JOIN LATERAL (SELECT btrim(regexp_replace(bank_reference, '\\s+', ' ', 'g')) AS tidy) AS tidied
      ) t
      WHERE r.legal_entity_id = t.legal_entity_id AND r.bank_reference = t.bank_reference
        AND (t.nth > 1 OR t.tidy <> t.bank_reference)`);
    await runner.query(`
      CREATE UNIQUE INDEX payment_references_any_case ON payment_references (legal_entity_id, lower(bank_reference))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX payment_references_any_case`);
  }
}
