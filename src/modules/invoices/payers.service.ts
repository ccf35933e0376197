import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { isUniqueViolation, versionMismatch } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { AccountAudit, type Actor } from '../accounts/index.js';
import { checkTaxIdentity, normaliseTaxNumber } from './domain/tax-numbers.js';
import type { CreatePayerDto, UpdatePayerDto } from './dto/payer.dto.js';
import { badFields, payerArchived, payerExists, payerNotFound } from './invoices.errors.js';
import { findPayer, PAYER_COLUMNS, type PayerRow } from './persistence/payers.js';

/** Payers ("requisites"): saved once, reused for every invoice. Invoices keep a copy, so a change never alters a document. */
@Injectable()
export class PayersService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: AccountAudit,
  ) {}

  /** Refuses wrong check digits (`validation_failed` with the field) and a second payer of the same tax number (`payer_exists`). */
  async create(accountId: string, actor: Actor, input: CreatePayerDto): Promise<PayerRow> {
    const now = this.clock.now();
    const checked = checkedIdentity(input);
    return this.write(accountId, actor, 'payer.created', async (tx) => {
      const [row] = await tx.query<PayerRow>(
        `INSERT INTO payers (account_id, id, country, name, tax_number, tax_reason_code, address, email, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING ${PAYER_COLUMNS}`,
        [
          accountId,
          newId(now),
          input.country,
          input.name,
          checked.taxNumber,
          checked.taxReasonCode,
          input.address,
          input.email ?? null,
          now,
        ],
      );
      return row!;
    });
  }

  /** Changes the payer whose version the caller read; documents already issued keep what they say. */
  async update(
    accountId: string,
    actor: Actor,
    id: string,
    version: number,
    change: UpdatePayerDto,
  ): Promise<PayerRow> {
    return this.write(accountId, actor, 'payer.changed', async (tx) => {
      const before = await findPayer(tx, accountId, id);
      if (!before) throw payerNotFound();
      if (before.archived_at) throw payerArchived();
      const merged = {
        country: change.country ?? before.country,
        name: change.name ?? before.name,
        taxNumber: change.taxNumber ?? before.tax_number,
        taxReasonCode: change.taxReasonCode ?? before.tax_reason_code ?? undefined,
        address: change.address ?? before.address,
        email: change.email ?? before.email,
      };
      const checked = checkedIdentity(merged);
      const [row] = await tx.query<PayerRow>(
        `UPDATE payers SET country = $4, name = $5, tax_number = $6, tax_reason_code = $7, address = $8, email = $9, updated_at = $10, version = version + 1
         WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING ${PAYER_COLUMNS}`,
        [
          accountId,
          id,
          version,
          merged.country,
          merged.name,
          checked.taxNumber,
          checked.taxReasonCode,
          merged.address,
          merged.email,
          this.clock.now(),
        ],
      );
      if (!row) throw versionMismatch();
      return row;
    });
  }

  /** Takes the payer out of the list; its invoices stay. Archiving twice is the same as once. */
  async archive(accountId: string, actor: Actor, id: string): Promise<PayerRow> {
    return this.write(accountId, actor, 'payer.archived', async (tx) => {
      const [row] = await tx.query<PayerRow>(
        `UPDATE payers SET archived_at = COALESCE(archived_at, $3), updated_at = $3, version = version + 1
         WHERE account_id = $1 AND id = $2 RETURNING ${PAYER_COLUMNS}`,
        [accountId, id, this.clock.now()],
      );
      if (!row) throw payerNotFound();
      return row;
    });
  }

  async get(accountId: string, id: string): Promise<PayerRow> {
    const row = await findPayer(this.database, accountId, id);
    if (!row) throw payerNotFound();
    return row;
  }

  async list<T>(
    accountId: string,
    page: { limit: number; cursor?: string },
    archived: boolean,
    view: (row: PayerRow) => T,
  ): Promise<Page<T>> {
    const after = decodeIdCursor(page.cursor);
    const rows = await this.database.query<PayerRow>(
      `SELECT ${PAYER_COLUMNS} FROM payers
       WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3 OR archived_at IS NULL)
       ORDER BY id DESC LIMIT $4`,
      [accountId, after, archived, page.limit + 1],
    );
    return toPage(rows, page.limit, (row) => [row.id], view);
  }

  private async write(
    accountId: string,
    actor: Actor,
    action: string,
    work: (tx: Tx) => Promise<PayerRow>,
  ): Promise<PayerRow> {
    try {
      return await this.database.transaction(async (tx) => {
        const row = await work(tx);
        await this.audit.record(tx, {
          accountId,
          actor,
          action,
          subject: `payer:${row.id}`,
          details: { version: row.version },
        });
        return row;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'payers_once')) throw payerExists();
      throw error;
    }
  }
}

function checkedIdentity(input: { country: string; taxNumber: string; taxReasonCode?: string }) {
  const taxNumber = normaliseTaxNumber(input.country, input.taxNumber);
  const taxReasonCode = input.taxReasonCode?.trim().toUpperCase() || null;
  const errors = checkTaxIdentity({ country: input.country, taxNumber, taxReasonCode });
  if (errors.length > 0) throw badFields(errors);
  return { taxNumber, taxReasonCode };
}
