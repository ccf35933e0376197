import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { IdSequence } from '../../../kernel/ids.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import { AccountAudit, type Actor } from '../../accounts/index.js';
import { AllocatePaymentAction } from '../../invoices/index.js';
import { LedgerService } from '../../wallets/index.js';
import { coverInOrder } from '../domain/cover-in-order.js';

/** A transfer of which it is certain whose it is. */
export interface CertainTransfer {
  transferId: string;
  accountId: string;
  legalEntityId: string;
  currency: Currency;
  amountMicros: Micros;
  /** `YYYY-MM-DD`. */
  receivedOn: string;
  payerName: string | null;
  purpose: string;
  bankReference: string;
  /** What it pays, in this order. */
  invoiceIds: readonly string[];
}

/**
 * What `RecordPaymentAction` does, for many transfers at once: a payment, a ledger entry, a reference and a line of the trail for each; every
 * wallet is locked once. A reference that somebody takes by hand at the same moment fails the transaction, to be tried again.
 */
@Injectable()
export class CreditTransfers {
  constructor(
    private readonly clock: Clock,
    private readonly audit: AccountAudit,
    private readonly ledger: LedgerService,
    private readonly allocate: AllocatePaymentAction,
  ) {}

  /**
   * Answers the payments' ids in the order given.
   *
   * @param invoices those that are paid, locked, with what is uncovered of them: lessened by what is covered here
   */
  async run(
    tx: Tx,
    transfers: readonly CertainTransfer[],
    invoices: ReadonlyMap<string, { restMicros: Micros }>,
    actor: Actor,
  ): Promise<string[]> {
    if (transfers.length === 0) return [];
    const now = this.clock.now();
    const sequence = new IdSequence(now);
    const ids = transfers.map(() => sequence.next());
    await insertReferences(tx, transfers, ids);
    const entries = await this.ledger.topUpAll(
      tx,
      transfers.map(({ accountId, currency, amountMicros }, index) => ({
        accountId,
        currency,
        micros: amountMicros,
        from: 'bank',
        idempotencyKey: `payment:${ids[index]}`,
        subject: { kind: 'payment', id: ids[index]! },
      })),
      now,
    );
    const entryIds = entries.map(({ entryId }) => entryId);
    await insertPayments(tx, transfers, ids, entryIds, actor, now);
    await this.allocate.runAll(
      tx,
      transfers.flatMap(({ accountId, amountMicros, invoiceIds }, index) =>
        coverInOrder(amountMicros, invoiceIds, invoices).map((share) => ({
          ...share,
          accountId,
          paymentId: ids[index]!,
        })),
      ),
    );
    await this.audit.recordAll(
      tx,
      transfers.map(({ accountId, transferId }, index) => ({
        accountId,
        actor,
        action: 'payment.recorded',
        subject: `payment:${ids[index]}`,
        details: { entryId: entryIds[index], transferId },
      })),
    );
    return ids;
  }
}

async function insertReferences(tx: Tx, transfers: readonly CertainTransfer[], ids: readonly string[]): Promise<void> {
  await tx.query(
    `INSERT INTO payment_references (legal_entity_id, bank_reference, account_id, payment_id)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) AS r (entity, reference, account_id, payment_id)
     ORDER BY r.entity, lower(r.reference)`,
    [
      transfers.map(({ legalEntityId }) => legalEntityId),
      transfers.map(({ bankReference }) => bankReference),
      transfers.map(({ accountId }) => accountId),
      ids,
    ],
  );
}

async function insertPayments(
  tx: Tx,
  transfers: readonly CertainTransfer[],
  ids: readonly string[],
  entryIds: readonly string[],
  actor: Actor,
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO payments (account_id, id, legal_entity_id, currency, amount_micros, received_on, payer_name, purpose, bank_reference, entry_id,
                           recorded_by, created_at)
     SELECT p.*, $11::uuid, $12::timestamptz
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::date[], $7::text[], $8::text[], $9::text[], $10::uuid[]) AS p`,
    [
      transfers.map(({ accountId }) => accountId),
      ids,
      transfers.map(({ legalEntityId }) => legalEntityId),
      transfers.map(({ currency }) => currency),
      transfers.map(({ amountMicros }) => amountMicros),
      transfers.map(({ receivedOn }) => receivedOn),
      transfers.map(({ payerName }) => payerName),
      transfers.map(({ purpose }) => purpose),
      transfers.map(({ bankReference }) => bankReference),
      entryIds,
      actor.id,
      now,
    ],
  );
}
