import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { type Actor, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import type { FieldError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { normaliseText } from '../../../kernel/sms-parts.js';
import type { Spelling } from '../../../kernel/text-variables.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { type AlphabetPolicy, compileText } from '../domain/compiled-template.js';
import { findTextErrors, readValues, spellingFor, type TemplateText } from '../domain/template-text.js';
import type { TemplateRow } from '../persistence/template-row.js';
import { type NewTemplate, type TemplateChange, TemplatesRepository } from '../persistence/templates.repository.js';
import { refuseFields, templateNotFound } from '../templates.errors.js';
import { TemplatesService } from '../templates.service.js';

/** What a caller may say about a template. */
export interface TemplateInput {
  name?: string;
  body?: string;
  spelling?: Spelling;
  alphabetPolicy?: AlphabetPolicy;
  allowedVariables?: string[] | null;
  samples?: object;
  archived?: boolean;
}

export interface TemplateKey {
  accountId: string;
  id: string;
}

/** Creates, changes, copies and archives templates, each in one transaction with its line in the audit trail. */
@Injectable()
export class SaveTemplate {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly repository: TemplatesRepository,
    private readonly templates: TemplatesService,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
  ) {}

  /** Refuses bad texts: invalid `validation_failed` with pointers. */
  async create(
    accountId: string,
    actor: Actor,
    input: TemplateInput & { name: string; body: string },
  ): Promise<TemplateRow> {
    const text = await this.readText(accountId, input);
    return this.database.transaction((tx) =>
      this.insert(tx, actor, { account_id: accountId, id: newId(), name: input.name, ...toColumns(text) }, {}),
    );
  }

  /** Refuses: not_found `template_not_found`, `version_mismatch`, invalid `validation_failed` with pointers. */
  async change(key: TemplateKey & { version: number }, actor: Actor, input: TemplateInput): Promise<TemplateRow> {
    const before = await this.find(key);
    if (before.version !== key.version) throw versionMismatch();
    const change = await this.toChange(before, input);
    return this.database.transaction((tx) => this.update(tx, actor, key, change, Object.keys(input)));
  }

  /** A new template with the same text. Refuses: not_found `template_not_found`. */
  async copy(key: TemplateKey, actor: Actor, name: string | undefined): Promise<TemplateRow> {
    const source = await this.find(key);
    const copy = { ...source, id: newId(), name: name ?? nameOfCopy(source.name) };
    return this.database.transaction((tx) => this.insert(tx, actor, copy, { copyOf: source.id }));
  }

  /** Takes a template out of use; again changes nothing. Refuses: not_found `template_not_found`. */
  async archive(key: TemplateKey, actor: Actor): Promise<void> {
    const { version, archived_at } = await this.find(key);
    if (archived_at) return;
    const change = { archived_at: this.clock.now() };
    await this.database.transaction((tx) => this.update(tx, actor, { ...key, version }, change, ['archived']));
  }

  private async find({ accountId, id }: TemplateKey): Promise<TemplateRow> {
    const row = await this.repository.find(accountId, id);
    if (!row) throw templateNotFound();
    return row;
  }

  private async toChange(before: TemplateRow, input: TemplateInput): Promise<TemplateChange> {
    const change: TemplateChange = {};
    if (input.name !== undefined) change.name = input.name;
    if (input.archived !== undefined)
      change.archived_at = input.archived ? (before.archived_at ?? this.clock.now()) : null;
    const { body, spelling, alphabetPolicy, allowedVariables, samples } = input;
    if ([body, spelling, alphabetPolicy, allowedVariables, samples].every((field) => field === undefined))
      return change;
    return { ...change, ...toColumns(await this.readText(before.account_id, input, before)) };
  }

  /** The text as it will be after the change, checked as a whole: a policy may refuse a body that stood before. */
  private async readText(accountId: string, input: TemplateInput, before?: TemplateRow): Promise<TemplateText> {
    const errors: FieldError[] = [];
    const body = normaliseText(input.body ?? before!.body);
    const text: TemplateText = {
      body,
      spelling: input.spelling ?? spellingFor(body, before?.spelling),
      alphabetPolicy: input.alphabetPolicy ?? before?.alphabet_policy ?? 'any',
      allowedVariables:
        input.allowedVariables === undefined ? (before?.allowed_variables ?? null) : input.allowedVariables,
      samples: {},
    };
    text.samples = input.samples ? readValues(input.samples, '/samples', errors) : samplesFor(text, before);
    const { locale } = await this.accounts.get(accountId);
    refuseFields([...errors, ...findTextErrors(text, locale)]);
    return text;
  }

  private async insert(tx: Tx, actor: Actor, template: NewTemplate, details: object): Promise<TemplateRow> {
    const row = await this.repository.insert(tx, template, this.clock.now());
    await this.record(tx, actor, row, 'created', { name: row.name, ...details });
    return row;
  }

  private async update(
    tx: Tx,
    actor: Actor,
    key: TemplateKey & { version: number },
    change: TemplateChange,
    fields: string[],
  ): Promise<TemplateRow> {
    const row = await this.repository.update(tx, key, change, this.clock.now());
    if (!row) throw versionMismatch();
    await this.record(tx, actor, row, 'changed', { version: row.version, fields });
    tx.afterCommit(() => this.templates.forget(key.accountId, key.id));
    return row;
  }

  private record(
    tx: Tx,
    actor: Actor,
    row: TemplateRow,
    verb: string,
    details: Record<string, unknown>,
  ): Promise<void> {
    const { account_id: accountId, id } = row;
    return this.audit.record(tx, { accountId, actor, action: `template.${verb}`, subject: `template:${id}`, details });
  }
}

function toColumns(
  text: TemplateText,
): Pick<TemplateRow, 'body' | 'spelling' | 'alphabet_policy' | 'allowed_variables' | 'samples'> {
  return {
    body: text.body,
    spelling: text.spelling,
    alphabet_policy: text.alphabetPolicy,
    allowed_variables: text.allowedVariables,
    samples: text.samples,
  };
}

/** Samples of the text before, as far as their variables are still there. */
function samplesFor(text: TemplateText, before: TemplateRow | undefined): Record<string, string> {
  const { variables } = compileText(text);
  return Object.fromEntries(Object.entries(before?.samples ?? {}).filter(([name]) => variables.includes(name)));
}

const MAX_NAME = 100;

/** `Reminder` → `Reminder (2)` → `Reminder (3)`. */
function nameOfCopy(name: string): string {
  const [, base, number] = /^(.*?)(?: \((\d{1,4})\))?$/s.exec(name)!;
  const suffix = ` (${Number(number ?? 1) + 1})`;
  return base!.slice(0, MAX_NAME - suffix.length) + suffix;
}
