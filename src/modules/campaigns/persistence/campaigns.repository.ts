import type { Database, Statement, Tx } from '../../../database/database.js';
import type { Currency } from '../../../kernel/money.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import type { CampaignQuote, CampaignState } from '../domain/campaign-states.js';

export interface CampaignRow {
  account_id: string;
  id: string;
  name: string;
  list_id: string;
  template_id: string | null;
  text: string | null;
  sender: string | null;
  start_at: Date | null;
  sending_window: WeeklyWindow | null;
  state: CampaignState;
  quote: CampaignQuote | null;
  quote_micros: bigint | null;
  quote_currency: Currency | null;
  quoted_at: Date | null;
  quote_expires_at: Date | null;
  group_id: string | null;
  reservation_id: string | null;
  version: number;
  created_at: Date;
  updated_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

export interface RecipientRow {
  row_no: number;
  digits: string;
  body: string | null;
  encoding: 'gsm7' | 'ucs2' | null;
  parts: number | null;
  price_micros: bigint | null;
  state: 'ready' | 'accepted' | 'skipped';
  reason: string | null;
  message_id: string | null;
}

export async function findCampaign(on: Tx | Database, accountId: string, id: string): Promise<CampaignRow | undefined> {
  const [row] = await on.query<CampaignRow & Record<string, unknown>>(
    `SELECT * FROM campaigns WHERE account_id = $1 AND id = $2`,
    [accountId, id],
  );
  return row;
}

/** Locks a campaign for the rest of the transaction. Lock order: campaign, its recipients, reservation, wallet. */
export async function lockCampaign(tx: Tx, accountId: string, id: string): Promise<CampaignRow | undefined> {
  const [row] = await tx.query<CampaignRow & Record<string, unknown>>(
    `SELECT * FROM campaigns WHERE account_id = $1 AND id = $2 FOR UPDATE`,
    [accountId, id],
  );
  return row;
}

/** One running campaign that nobody else works on, the one that waited longest; the row lock is the lease. */
export async function lockNextRunning(tx: Tx): Promise<CampaignRow | undefined> {
  const [row] = await tx.query<CampaignRow & Record<string, unknown>>(
    `SELECT * FROM campaigns WHERE state = 'running' ORDER BY updated_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return row;
}

/** Moves a campaign that is in one of `from`; undefined when it is not there, or somebody moved it first. */
export async function moveCampaign(
  tx: Tx,
  accountId: string,
  id: string,
  from: readonly CampaignState[],
  to: CampaignState,
  now: Date,
): Promise<CampaignRow | undefined> {
  const finished = to === 'sent' || to === 'cancelled';
  const [row] = await tx.query<CampaignRow & Record<string, unknown>>(
    `UPDATE campaigns SET state = $4, updated_at = $5::timestamptz, finished_at = CASE WHEN $6::boolean THEN $5::timestamptz END, version = version + 1
     WHERE account_id = $1 AND id = $2 AND state = ANY($3) RETURNING *`,
    [accountId, id, from, to, now, finished],
  );
  return row;
}

export function listCampaigns(
  on: Database,
  accountId: string,
  after: string | null,
  state: string | null,
  limit: number,
): Promise<CampaignRow[]> {
  return on.query<CampaignRow & Record<string, unknown>>(
    `SELECT * FROM campaigns WHERE account_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR state = $3) ORDER BY id DESC LIMIT $4`,
    [accountId, after, state, limit],
  );
}

const INSERT_RECIPIENTS: Statement = {
  name: 'campaigns.insert-recipients',
  text: `
    INSERT INTO campaign_recipients (account_id, campaign_id, row_no, digits, body, encoding, parts, price_micros, state, reason)
    SELECT $1, $2, n, d, b, e, p, m, CASE WHEN r IS NULL THEN 'ready' ELSE 'skipped' END, r
    FROM unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::bigint[], $9::text[]) AS t(n, d, b, e, p, m, r)`,
};

export type NewRecipient = Pick<
  RecipientRow,
  'row_no' | 'digits' | 'body' | 'encoding' | 'parts' | 'price_micros' | 'reason'
>;

export async function insertRecipients(
  tx: Tx,
  accountId: string,
  campaignId: string,
  rows: readonly NewRecipient[],
): Promise<void> {
  await tx.query(INSERT_RECIPIENTS, [
    accountId,
    campaignId,
    rows.map((row) => row.row_no),
    rows.map((row) => row.digits),
    rows.map((row) => row.body),
    rows.map((row) => row.encoding),
    rows.map((row) => row.parts),
    rows.map((row) => row.price_micros),
    rows.map((row) => row.reason),
  ]);
}

const READY: Statement = {
  name: 'campaigns.ready-recipients',
  text: `
    SELECT row_no, digits, body, encoding, parts, price_micros, state, reason, message_id FROM campaign_recipients
    WHERE account_id = $1 AND campaign_id = $2 AND state = 'ready' ORDER BY row_no LIMIT $3`,
};

/** The next recipients that were not handed over yet; the campaign's lock keeps others away. */
export function readyRecipients(tx: Tx, accountId: string, campaignId: string, limit: number): Promise<RecipientRow[]> {
  return tx.query<RecipientRow & Record<string, unknown>>(READY, [accountId, campaignId, limit]);
}

const HANDED_OVER: Statement = {
  name: 'campaigns.handed-over',
  text: `
    UPDATE campaign_recipients r SET message_id = t.m, reason = t.why, state = CASE WHEN t.why IS NULL THEN 'accepted' ELSE 'skipped' END
    FROM unnest($3::integer[], $4::uuid[], $5::text[]) AS t(n, m, why)
    WHERE r.account_id = $1 AND r.campaign_id = $2 AND r.row_no = t.n`,
};

/** Notes the message of each recipient, or why there was none. */
export async function markHandedOver(
  tx: Tx,
  accountId: string,
  campaignId: string,
  rows: readonly { rowNo: number; messageId: string; reason: string | null }[],
): Promise<void> {
  await tx.query(HANDED_OVER, [
    accountId,
    campaignId,
    rows.map(({ rowNo }) => rowNo),
    rows.map(({ messageId }) => messageId),
    rows.map(({ reason }) => reason),
  ]);
}

/** Recipients after a row, with the state of their message; what the file itself ruled out comes from the list. */
export function pageOfRecipients(
  on: Database,
  accountId: string,
  campaignId: string,
  after: number,
  state: string | null,
  limit: number,
): Promise<(RecipientRow & { message_state: string | null })[]> {
  return on.query<RecipientRow & { message_state: string | null } & Record<string, unknown>>(
    `SELECT r.row_no, r.digits, r.body, r.encoding, r.parts, r.price_micros, r.state, r.reason, r.message_id, m.state AS message_state
     FROM campaign_recipients r LEFT JOIN messages m ON m.account_id = r.account_id AND m.id = r.message_id
     WHERE r.account_id = $1 AND r.campaign_id = $2 AND r.row_no > $3 AND ($4::text IS NULL OR r.state = $4) ORDER BY r.row_no LIMIT $5`,
    [accountId, campaignId, after, state, limit],
  );
}
