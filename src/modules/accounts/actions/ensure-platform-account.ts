import type { Database } from '../../../database/database.js';
import { newId } from '../../../kernel/ids.js';
import type { AccountAudit } from '../account-audit.js';
import type { AccountOpenings } from '../account-openings.js';
import { SNAPSHOT_COLUMNS, toSnapshot, type SnapshotRow } from '../persistence/account-row.js';

/** What the platform is called and where it sits until the operator changes it. */
const PLATFORM = {
  name: 'Kabinet',
  country: 'RU',
  currency: 'RUB',
  timeZone: 'Europe/Moscow',
  defaultSender: 'Kabinet',
};

/**
 * Finds or creates the one account of kind `platform`. Safe with any number of processes at once: the partial unique
 * index lets one insert win, the others wait for its commit and read it. Its openings run in the winning transaction.
 */
export async function ensurePlatformAccount(
  database: Database,
  openings: AccountOpenings,
  audit: AccountAudit,
  now: Date,
): Promise<string> {
  const select = `SELECT id FROM accounts WHERE kind = 'platform'`;
  const [existing] = await database.query<{ id: string }>(select);
  if (existing) return existing.id;
  await database.transaction(async (tx) => {
    const [row] = await tx.query<SnapshotRow>(
      `INSERT INTO accounts (id, kind, status, name, country, currency, locale, time_zone, default_sender, created_at, updated_at)
       VALUES ($1, 'platform', 'active', $2, $3, $4, 'en', $5, $6, $7, $7)
       ON CONFLICT (kind) WHERE kind = 'platform' DO NOTHING
       RETURNING ${SNAPSHOT_COLUMNS}`,
      [newId(now), PLATFORM.name, PLATFORM.country, PLATFORM.currency, PLATFORM.timeZone, PLATFORM.defaultSender, now],
    );
    if (!row) return;
    const account = toSnapshot(row);
    await audit.record(tx, {
      accountId: account.id,
      actor: { kind: 'system', id: null },
      action: 'account.opened',
      subject: `account:${account.id}`,
    });
    await openings.announce(tx, account, now);
  });
  const [created] = await database.query<{ id: string }>(select);
  return created!.id;
}
