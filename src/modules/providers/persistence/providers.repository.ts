import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import type { SealedCredentials } from '../credentials/credential-vault.js';
import type { ProviderBalance } from '../sms-provider.js';
import { type ProviderRow } from './provider-row.js';

/** A provider with all that ops may see, and what nobody may. */
export interface FullProviderRow extends ProviderRow {
  settings: object;
  credentials: SealedCredentials;
  callback_token_hash: Buffer | null;
  link_version: number;
  report_grace_hours: number;
  /** Null: nobody takes over. */
  failover_seconds: number | null;
  /** What the provider named last; all three or none. */
  balance_amount: string | null;
  balance_currency: string | null;
  balance_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface BindRow {
  provider_id: string;
  bind_no: number;
  state: string;
  state_at: Date;
  last_error: string | null;
  held: boolean;
}

/** A bind with what only its worker knows, as of its last heartbeat; null while nobody holds it. */
export interface LinkRow extends BindRow {
  fence: bigint;
  worker: string | null;
  lease_until: Date | null;
  in_flight: number | null;
  window_size: number | null;
  retry_at: Date | null;
  last_error_at: Date | null;
}

const COLUMNS = `id, owner_account_id, code, kind, name, status, pause_reason, rate_per_second, max_binds, sending_window,
  sender_policy, pass_on_codes, version, settings, credentials, callback_token_hash, link_version, report_grace_hours, balance_amount,
  balance_currency, balance_at, created_at, updated_at, failover_seconds,
  EXISTS (SELECT FROM provider_outages o WHERE o.provider_id = providers.id AND o.failing_at IS NOT NULL) AS is_failing`;

/** The plain statements of the admin routes; the hot ones are in `sql/`. */
@Injectable()
export class ProvidersRepository {
  constructor(private readonly database: Database) {}

  /** By code, after `afterCode`; of one account, or all. */
  list(afterCode: string, limit: number, ownerAccountId: string | null = null): Promise<FullProviderRow[]> {
    return this.database.query(
      `SELECT ${COLUMNS} FROM providers WHERE code > $1 AND ($3::uuid IS NULL OR owner_account_id = $3) ORDER BY code LIMIT $2`,
      [afterCode, limit + 1, ownerAccountId],
    );
  }

  /** Of one account, oldest first. */
  listOwn(accountId: string, after: string | null, limit: number): Promise<FullProviderRow[]> {
    return this.database.query(
      `SELECT ${COLUMNS} FROM providers WHERE owner_account_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [accountId, after, limit + 1],
    );
  }

  async findOwn(accountId: string, id: string): Promise<FullProviderRow | null> {
    const [row] = await this.database.query<FullProviderRow>(
      `SELECT ${COLUMNS} FROM providers WHERE owner_account_id = $1 AND id = $2`,
      [accountId, id],
    );
    return row ?? null;
  }

  async countOwn(accountId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM providers WHERE owner_account_id = $1`,
      [accountId],
    );
    return row!.count;
  }

  /** What the provider named when it was asked; no change of the provider itself. */
  async recordBalance(id: string, { amount, currency }: ProviderBalance, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE providers SET balance_amount = $2, balance_currency = $3, balance_at = $4 WHERE id = $1`,
      [id, amount, currency, at],
    );
  }

  async find(id: string): Promise<FullProviderRow | null> {
    const [row] = await this.database.query<FullProviderRow>(`SELECT ${COLUMNS} FROM providers WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** What the workers wrote of the binds that there may be; a lapsed lease is nobody's. */
  binds(providerIds: readonly string[]): Promise<BindRow[]> {
    return this.database.query(
      `SELECT b.provider_id, b.bind_no, b.last_error, h.held,
              CASE WHEN h.held THEN b.state ELSE 'stopped' END AS state,
              CASE WHEN h.held THEN b.state_at ELSE LEAST(b.lease_until, now()) END AS state_at
       FROM bind_leases b
       JOIN providers p ON p.id = b.provider_id AND b.bind_no <= p.max_binds
       CROSS JOIN LATERAL (SELECT b.holder IS NOT NULL AND b.lease_until >= now() AS held) AS h
       WHERE b.provider_id = ANY($1::uuid[])
       ORDER BY b.provider_id, b.bind_no`,
      [providerIds],
    );
  }

  /** The same for the links of one provider, with the words of their workers. */
  links(providerId: string): Promise<LinkRow[]> {
    return this.database.query<LinkRow & Record<string, unknown>>(
      `SELECT b.provider_id, b.bind_no, b.last_error, b.last_error_at, b.fence, h.held,
              CASE WHEN h.held THEN b.state ELSE 'stopped' END AS state,
              CASE WHEN h.held THEN b.state_at ELSE LEAST(b.lease_until, now()) END AS state_at,
              CASE WHEN h.held THEN b.worker END AS worker, CASE WHEN h.held THEN b.lease_until END AS lease_until,
              CASE WHEN h.held THEN b.in_flight END AS in_flight, CASE WHEN h.held THEN b.window_size END AS window_size,
              CASE WHEN h.held THEN b.retry_at END AS retry_at
       FROM bind_leases b
       JOIN providers p ON p.id = b.provider_id AND b.bind_no <= p.max_binds
       CROSS JOIN LATERAL (SELECT b.holder IS NOT NULL AND b.lease_until >= now() AS held) AS h
       WHERE b.provider_id = $1
       ORDER BY b.bind_no`,
      [providerId],
    );
  }

  async insert(tx: Tx, row: FullProviderRow): Promise<void> {
    await tx.query(
      `INSERT INTO providers (id, code, kind, name, settings, credentials, callback_token_hash, status, pause_reason,
                              rate_per_second, max_binds, sending_window, sender_policy, owner_account_id, created_at, updated_at,
                              report_grace_hours, failover_seconds, pass_on_codes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, $17, $18)`,
      [
        row.id,
        row.code,
        row.kind,
        row.name,
        JSON.stringify(row.settings),
        JSON.stringify(row.credentials),
        row.callback_token_hash,
        row.status,
        row.pause_reason,
        row.rate_per_second,
        row.max_binds,
        row.sending_window && JSON.stringify(row.sending_window),
        JSON.stringify(row.sender_policy),
        row.owner_account_id,
        row.created_at,
        row.report_grace_hours,
        row.failover_seconds,
        row.pass_on_codes,
      ],
    );
  }

  /** Writes the whole row; false when it is not that version any more. */
  async update(tx: Tx, row: FullProviderRow): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE providers
       SET name = $3, settings = $4, credentials = $5, callback_token_hash = $6, rate_per_second = $7, max_binds = $8,
           sending_window = $9, sender_policy = $10, link_version = $11, status = $12, pause_reason = $13, updated_at = $14,
           report_grace_hours = $15, failover_seconds = $16, pass_on_codes = $17, version = version + 1
       WHERE id = $1 AND version = $2
       RETURNING id`,
      [
        row.id,
        row.version,
        row.name,
        JSON.stringify(row.settings),
        JSON.stringify(row.credentials),
        row.callback_token_hash,
        row.rate_per_second,
        row.max_binds,
        row.sending_window && JSON.stringify(row.sending_window),
        JSON.stringify(row.sender_policy),
        row.link_version,
        row.status,
        row.pause_reason,
        row.updated_at,
        row.report_grace_hours,
        row.failover_seconds,
        row.pass_on_codes,
      ],
    );
    return rows.length > 0;
  }
}
