import type { Spelling } from '../../../kernel/text-variables.js';
import type { AlphabetPolicy } from '../domain/compiled-template.js';

/** A row of `templates`. */
export interface TemplateRow {
  account_id: string;
  id: string;
  name: string;
  body: string;
  spelling: Spelling;
  alphabet_policy: AlphabetPolicy;
  allowed_variables: string[] | null;
  samples: Record<string, string>;
  version: number;
  archived_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export const TEMPLATE_COLUMNS = `account_id, id, name, body, spelling, alphabet_policy, allowed_variables, samples, version,
  archived_at, created_at, updated_at`;
