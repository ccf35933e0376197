import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Texts with variables, kept by an account. */
export class CreateTemplates1764000000720 implements MigrationInterface {
  name = 'CreateTemplates1764000000720';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE templates (
        account_id         uuid        NOT NULL CONSTRAINT templates_account_fk REFERENCES accounts (id),
        id                 uuid        NOT NULL,
        name               text        NOT NULL CONSTRAINT templates_name_length CHECK (length(name) BETWEEN 1 AND 100),
        body               text        NOT NULL CONSTRAINT templates_body_length CHECK (length(body) BETWEEN 1 AND 4000),
        spelling           text        NOT NULL CONSTRAINT templates_spelling CHECK (spelling IN ('brackets', 'mustache', 'braces')),
        alphabet_policy    text        NOT NULL CONSTRAINT templates_alphabet_policy CHECK (alphabet_policy IN ('any', 'transliterate', 'refuse')),
        allowed_variables  text[],
        samples            jsonb       NOT NULL DEFAULT '{}',
        version            integer     NOT NULL DEFAULT 1,
        archived_at        timestamptz,
        created_at         timestamptz NOT NULL,
        updated_at         timestamptz NOT NULL,
        CONSTRAINT templates_pk PRIMARY KEY (account_id, id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE templates`);
  }
}
