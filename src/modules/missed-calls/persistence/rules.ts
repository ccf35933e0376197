import type { Database, Tx } from '../../../database/database.js';

export interface RuleRow {
  account_id: string;
  id: string;
  name: string;
  text: string;
  enabled: boolean;
  late_action: 'wait' | 'drop';
  version: number;
  created_at: Date;
  updated_at: Date;
  /** Digits, in order. */
  numbers: string[];
}

const SELECT = `
  SELECT r.account_id, r.id, r.name, r.text, r.enabled, r.late_action, r.version, r.created_at, r.updated_at,
         ARRAY(SELECT n.digits FROM missed_call_numbers n WHERE n.account_id = r.account_id AND n.rule_id = r.id ORDER BY n.digits) AS numbers
  FROM missed_call_rules r`;

export async function findRule(on: Tx | Database, accountId: string, id: string): Promise<RuleRow | undefined> {
  const [row] = await on.query<RuleRow>(`${SELECT} WHERE r.account_id = $1 AND r.id = $2`, [accountId, id]);
  return row;
}

/** The active rule of a virtual number: at most one, by a unique index. */
export async function findRuleOfNumber(
  on: Tx | Database,
  accountId: string,
  digits: string,
): Promise<RuleRow | undefined> {
  const [row] = await on.query<RuleRow>(
    `${SELECT} JOIN missed_call_numbers a ON a.account_id = r.account_id AND a.rule_id = r.id
     WHERE a.account_id = $1 AND a.digits = $2 AND a.active`,
    [accountId, digits],
  );
  return row;
}

export interface RuleSearch {
  after: string | null;
  /** A part of the name, matched without case; null: any. */
  name: string | null;
  /** A part of a virtual number; null: any. Name or number, when both are given. */
  digits: string | null;
  limit: number;
}

export function searchRules(
  on: Database,
  accountId: string,
  { after, name, digits, limit }: RuleSearch,
): Promise<RuleRow[]> {
  const escaped = (text: string | null) => (text === null ? null : `%${text.replace(/[\\%_]/g, '\\$&')}%`);
  return on.query<RuleRow>(
    `${SELECT} WHERE r.account_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
       AND ($3::text IS NULL AND $4::text IS NULL OR r.name ILIKE $3
         OR EXISTS (SELECT 1 FROM missed_call_numbers n WHERE n.account_id = r.account_id AND n.rule_id = r.id AND n.digits LIKE $4))
     ORDER BY r.id DESC LIMIT $5`,
    [accountId, after, escaped(name), escaped(digits), limit],
  );
}

/** Writes the numbers of a rule anew. `missed_call_numbers_one_active` refuses one that another active rule has. */
export async function replaceNumbers(
  tx: Tx,
  accountId: string,
  ruleId: string,
  digits: readonly string[],
  active: boolean,
): Promise<void> {
  await tx.query(`DELETE FROM missed_call_numbers WHERE account_id = $1 AND rule_id = $2`, [accountId, ruleId]);
  await tx.query(
    `INSERT INTO missed_call_numbers (account_id, rule_id, digits, active) SELECT $1, $2, d, $4 FROM unnest($3::text[]) AS d`,
    [accountId, ruleId, digits, active],
  );
}
