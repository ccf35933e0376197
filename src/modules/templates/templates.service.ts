import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { type CompiledTemplate, type CompiledText, compileText, type TextSource } from './domain/compiled-template.js';
import { SELECT_TEMPLATES } from './persistence/sql/select-templates.js';
import type { TemplateRow } from './persistence/template-row.js';

/** How long a change made by another process may stay unseen here. */
const CACHE_MS = 2_000;
const CACHE_SIZE = 5_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type LoadedRow = Pick<TemplateRow, 'id' | 'version' | 'name' | 'body' | 'spelling' | 'alphabet_policy'>;

interface Cached {
  /** Null: there is no such template (any more). */
  template: CompiledTemplate | null;
  until: number;
}

/** The door to templates. */
@Injectable()
export class TemplatesService {
  private readonly cache = new Map<string, Cached>();

  constructor(private readonly database: Database) {}

  /**
   * The account's templates with those ids, compiled. Unknown, archived and foreign ids are simply absent. What this process compiled
   * before is kept while its version stands; versions are read again every two seconds, in one statement, on `on` (pass
   * the open transaction, so that no second connection is needed).
   */
  async load(
    accountId: string,
    ids: readonly string[],
    on: Tx | Database = this.database,
  ): Promise<Map<string, CompiledTemplate>> {
    const now = performance.now();
    const found = new Map<string, CompiledTemplate>();
    const stale = new Map<string, string>();
    for (const id of ids) {
      if (!UUID.test(id)) continue;
      const cached = this.cache.get(keyOf(accountId, id));
      if (!cached || cached.until <= now) stale.set(id, id.toLowerCase());
      else if (cached.template) found.set(id, cached.template);
    }
    if (stale.size === 0) return found;
    const fresh = await this.read(accountId, [...new Set(stale.values())], on, now + CACHE_MS);
    for (const [id, key] of stale) {
      const template = fresh.get(key);
      if (template) found.set(id, template);
    }
    return found;
  }

  /** A text that is kept nowhere, with its variables: in the spelling that is told, else the one that it shows. */
  compile(source: TextSource): CompiledText {
    return compileText(source);
  }

  /** Forgets what this process knows of a template; call it after a commit that changed it. */
  forget(accountId: string, id: string): void {
    this.cache.delete(keyOf(accountId, id));
  }

  private async read(
    accountId: string,
    ids: string[],
    on: Tx | Database,
    until: number,
  ): Promise<Map<string, CompiledTemplate>> {
    const rows = await on.query<LoadedRow>(SELECT_TEMPLATES, [accountId, ids]);
    const read = new Map(rows.map((row) => [row.id, this.compiledOf(accountId, row)]));
    if (this.cache.size + ids.length > CACHE_SIZE) this.cache.clear();
    for (const id of ids) this.cache.set(keyOf(accountId, id), { template: read.get(id) ?? null, until });
    return read;
  }

  private compiledOf(accountId: string, row: LoadedRow): CompiledTemplate {
    const known = this.cache.get(keyOf(accountId, row.id))?.template;
    return known?.version === row.version ? known : compileRow(row);
  }
}

function keyOf(accountId: string, id: string): string {
  return `${accountId} ${id.toLowerCase()}`;
}

function compileRow(row: LoadedRow): CompiledTemplate {
  const { id, version, name, body, spelling } = row;
  return { id, version, name, ...compileText({ body, spelling, alphabetPolicy: row.alphabet_policy }) };
}
