import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who serves a number: operators, the ranges that registries give them, and numbers that were ported to another one.
 *
 * Ranges name a *name*, as the registry writes it, and names belong to operators: one name that is given to another operator takes all
 * of its ranges along without a row of them being written.
 *
 * Within a source no two ranges hold the same number. The source is a range of one in the constraint, because numbers of their own have
 * no operator class for GiST without an extension.
 */
export class CreateNumbers1764000002420 implements MigrationInterface {
  name = 'CreateNumbers1764000002420';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operators (
        code        text        CONSTRAINT operators_pk PRIMARY KEY CONSTRAINT operators_code CHECK (code ~ '^[a-z][a-z0-9-]{1,63}$'),
        name        text        NOT NULL,
        country     text        NOT NULL CONSTRAINT operators_country CHECK (country ~ '^[A-Z]{2}$'),
        mcc         text        CONSTRAINT operators_mcc CHECK (mcc ~ '^[0-9]{3}$'),
        mnc         text        CONSTRAINT operators_mnc CHECK (mnc ~ '^[0-9]{2,3}$'),
        version     integer     NOT NULL DEFAULT 1,
        created_at  timestamptz NOT NULL,
        updated_at  timestamptz NOT NULL,
        CONSTRAINT operators_network CHECK ((mcc IS NULL) = (mnc IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE operator_names (
        number         integer GENERATED ALWAYS AS IDENTITY CONSTRAINT operator_names_pk PRIMARY KEY,
        country        text    NOT NULL,
        folded         text    NOT NULL,
        name           text    NOT NULL,
        operator_code  text    NOT NULL CONSTRAINT operator_names_operator_fk REFERENCES operators (code),
        CONSTRAINT operator_names_once UNIQUE (country, folded)
      )`);
    await runner.query(`CREATE INDEX operator_names_operator ON operator_names (operator_code)`);
    await runner.query(`
      CREATE TABLE number_sources (
        number  integer GENERATED ALWAYS AS IDENTITY CONSTRAINT number_sources_pk PRIMARY KEY,
        code    text    NOT NULL CONSTRAINT number_sources_code UNIQUE CONSTRAINT number_sources_code_form CHECK (code ~ '^[a-z][a-z0-9-]{1,63}$')
      )`);
    await runner.query(`
      CREATE TABLE number_ranges (
        source_no      integer NOT NULL CONSTRAINT number_ranges_source_fk REFERENCES number_sources (number),
        first_number   bigint  NOT NULL,
        last_number    bigint  NOT NULL,
        operator_name  integer NOT NULL CONSTRAINT number_ranges_name_fk REFERENCES operator_names (number),
        region         text,
        CONSTRAINT number_ranges_pk PRIMARY KEY (source_no, first_number),
        CONSTRAINT number_ranges_order CHECK (0 < first_number AND first_number <= last_number
          AND length(first_number::text) = length(last_number::text) AND length(last_number::text) <= 15),
        CONSTRAINT number_ranges_apart EXCLUDE USING gist (
          int4range(source_no, source_no, '[]') WITH &&, int8range(first_number, last_number, '[]') WITH &&)
      )`);
    await runner.query(`
      CREATE TABLE number_imports (
        id             uuid        CONSTRAINT number_imports_pk PRIMARY KEY,
        source_no      integer     NOT NULL CONSTRAINT number_imports_source_fk REFERENCES number_sources (number),
        imported_at    timestamptz NOT NULL,
        rows           integer     NOT NULL,
        ranges         integer     NOT NULL,
        refused        integer     NOT NULL,
        refusals       jsonb       NOT NULL,
        new_operators  text[]      NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE ported_numbers (
        number         bigint      CONSTRAINT ported_numbers_pk PRIMARY KEY
                                   CONSTRAINT ported_numbers_number CHECK (number BETWEEN 100000 AND 999999999999999),
        operator_code  text        NOT NULL CONSTRAINT ported_numbers_operator_fk REFERENCES operators (code),
        updated_at     timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX ported_numbers_operator ON ported_numbers (operator_code)`);
    // What a process that has all of it in memory looks at to know whether it is still so.
    await runner.query(`
      CREATE TABLE numbering (
        one      boolean CONSTRAINT numbering_pk PRIMARY KEY DEFAULT true CONSTRAINT numbering_one CHECK (one),
        version  bigint  NOT NULL
      )`);
    await runner.query(`INSERT INTO numbering (version) VALUES (1)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['numbering', 'ported_numbers', 'number_imports', 'number_ranges', 'number_sources'])
      await runner.query(`DROP TABLE ${table}`);
    await runner.query(`DROP TABLE operator_names`);
    await runner.query(`DROP TABLE operators`);
  }
}
