import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { isUniqueViolation, versionMismatch } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { formatMicros } from '../../kernel/money.js';
import { parseMsisdn } from '../../kernel/msisdn.js';
import { MAX_PARTS, measure } from '../../kernel/sms-parts.js';
import { AccountAudit, AccountsService, type Actor } from '../accounts/index.js';
import { SendersService } from '../senders/index.js';
import { TariffsService } from '../tariffs/index.js';
import { ApologyRights } from './apology-rights.js';
import type { CreateRuleDto, ListRulesQuery, UpdateRuleDto } from './dto/rule.dto.js';
import { confirmationRequired, numberInUse, ruleNotFound } from './missed-calls.errors.js';
import { findRule, replaceNumbers, type RuleRow, searchRules } from './persistence/rules.js';

/**
 * Apologies as their owner sets them up. What would be switched on needs the right to have them; looking, switching off and deleting
 * never do.
 */
@Injectable()
export class RulesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly tariffs: TariffsService,
    private readonly senders: SendersService,
    private readonly rights: ApologyRights,
  ) {}

  /** Refuses a text of several SMS until the parts are confirmed (`text_needs_confirmation`), and a number in another active apology. */
  async create(accountId: string, actor: Actor, input: CreateRuleDto): Promise<RuleRow> {
    await this.rights.require(accountId);
    const digits = await this.readNumbers(accountId, input.numbers);
    await this.assertLength(accountId, input.text, digits[0]!, input.confirmParts);
    const now = this.clock.now();
    const id = newId(now);
    const enabled = input.enabled ?? true;
    return this.write(accountId, actor, 'created', digits, async (tx) => {
      await tx.query(
        `INSERT INTO missed_call_rules (account_id, id, name, text, enabled, late_action, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
        [accountId, id, input.name, input.text, enabled, input.lateAction ?? 'wait', now],
      );
      await replaceNumbers(tx, accountId, id, digits, enabled);
      return (await findRule(tx, accountId, id))!;
    });
  }

  /** Changes the rule whose version the caller read. */
  async update(accountId: string, actor: Actor, id: string, version: number, change: UpdateRuleDto): Promise<RuleRow> {
    const before = await this.get(accountId, id);
    if (change.enabled ?? before.enabled) await this.rights.require(accountId);
    const digits = change.numbers ? await this.readNumbers(accountId, change.numbers) : before.numbers;
    if (change.text !== undefined) await this.assertLength(accountId, change.text, digits[0]!, change.confirmParts);
    return this.write(accountId, actor, 'changed', digits, async (tx) => {
      const enabled = change.enabled ?? before.enabled;
      const changed = await tx.query(
        `UPDATE missed_call_rules SET name = $4, text = $5, enabled = $6, late_action = $7, updated_at = $8, version = version + 1
         WHERE account_id = $1 AND id = $2 AND version = $3 RETURNING id`,
        [
          accountId,
          id,
          version,
          change.name ?? before.name,
          change.text ?? before.text,
          enabled,
          change.lateAction ?? before.late_action,
          this.clock.now(),
        ],
      );
      if (changed.length === 0) throw versionMismatch();
      await replaceNumbers(tx, accountId, id, digits, enabled);
      return (await findRule(tx, accountId, id))!;
    });
  }

  /** The switch of one apology. Switching on refuses a number that another active apology has. */
  async setEnabled(accountId: string, actor: Actor, id: string, enabled: boolean): Promise<RuleRow> {
    const before = await this.get(accountId, id);
    if (enabled) await this.rights.require(accountId);
    return this.write(accountId, actor, enabled ? 'switched_on' : 'switched_off', before.numbers, async (tx) => {
      await tx.query(
        `UPDATE missed_call_rules SET enabled = $3, updated_at = $4, version = version + 1 WHERE account_id = $1 AND id = $2`,
        [accountId, id, enabled, this.clock.now()],
      );
      await tx.query(`UPDATE missed_call_numbers SET active = $3 WHERE account_id = $1 AND rule_id = $2`, [
        accountId,
        id,
        enabled,
      ]);
      return (await findRule(tx, accountId, id))!;
    });
  }

  /** Deletes only what is confirmed. Calls that it answered keep their history. */
  async delete(accountId: string, actor: Actor, id: string, { confirmed }: { confirmed: boolean }): Promise<void> {
    const rule = await this.get(accountId, id);
    if (!confirmed) throw confirmationRequired();
    await this.database.transaction(async (tx) => {
      await tx.query(`DELETE FROM missed_call_rules WHERE account_id = $1 AND id = $2`, [accountId, id]);
      await this.audit.record(tx, {
        accountId,
        actor,
        action: 'missed_call_rule.deleted',
        subject: `missed_call_rule:${id}`,
        details: { name: rule.name },
      });
    });
  }

  async get(accountId: string, id: string): Promise<RuleRow> {
    const row = await findRule(this.database, accountId, id);
    if (!row) throw ruleNotFound();
    return row;
  }

  /** Searches by a part of the name or of a virtual number. */
  async list<T>(accountId: string, query: ListRulesQuery, view: (row: RuleRow) => T): Promise<Page<T>> {
    const digits = query.q?.replace(/[\s()+-]/g, '') ?? '';
    const rows = await searchRules(this.database, accountId, {
      after: decodeIdCursor(query.cursor),
      name: query.q ?? null,
      digits: /^\d+$/.test(digits) ? digits : null,
      limit: query.limit + 1,
    });
    return toPage(rows, query.limit, (row) => [row.id], view);
  }

  /** What apologies of the account show: the platform fixes it, so nobody chooses it here. */
  sender(accountId: string): Promise<string> {
    return this.senders.shown(accountId, 'missed_call');
  }

  private async readNumbers(accountId: string, numbers: readonly string[]): Promise<string[]> {
    const { country } = await this.accounts.get(accountId);
    const read = numbers.map((number) => parseMsisdn(number, country));
    const errors = read.flatMap((one, index) =>
      one.ok ? [] : [{ pointer: `/numbers/${index}`, code: 'invalid_number' }],
    );
    if (errors.length > 0) throw new DomainError('invalid', 'validation_failed', { errors });
    return [...new Set(read.flatMap((one) => (one.ok ? [one.digits] : [])))].sort();
  }

  /** A text that takes more than one SMS is saved only when the caller says that it knows: with the parts and the cost shown. */
  private async assertLength(
    accountId: string,
    text: string,
    sampleNumber: string,
    confirmParts: number | undefined,
  ): Promise<void> {
    const { parts, encoding } = measure(text);
    if (parts > MAX_PARTS) throw new DomainError('invalid', 'text_too_long', { params: { parts, max: MAX_PARTS } });
    if (parts === 1 || confirmParts === parts) return;
    const quote = (await this.tariffs.priceBook([accountId], this.clock.now())).quote(accountId, sampleNumber);
    const price = quote && { amount: formatMicros(quote.priceMicrosPerPart * BigInt(parts)), currency: quote.currency };
    throw new DomainError('conflict', 'text_needs_confirmation', {
      params: { parts },
      extension: { parts, encoding, price },
    });
  }

  private async write(
    accountId: string,
    actor: Actor,
    verb: string,
    digits: readonly string[],
    work: (tx: Tx) => Promise<RuleRow>,
  ): Promise<RuleRow> {
    try {
      return await this.database.transaction(async (tx) => {
        const row = await work(tx);
        await this.audit.record(tx, {
          accountId,
          actor,
          action: `missed_call_rule.${verb}`,
          subject: `missed_call_rule:${row.id}`,
          details: { version: row.version },
        });
        return row;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'missed_call_numbers_one_active'))
        throw numberInUse(await this.takenNumber(accountId, digits));
      throw error;
    }
  }

  private async takenNumber(accountId: string, digits: readonly string[]): Promise<string> {
    const [row] = await this.database.query<{ digits: string }>(
      `SELECT digits FROM missed_call_numbers WHERE account_id = $1 AND digits = ANY($2) AND active ORDER BY digits LIMIT 1`,
      [accountId, digits],
    );
    return row?.digits ?? digits[0]!;
  }
}
