import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Uploaded recipients, and campaigns that are written to them. A campaign's texts and prices are those that were quoted. */
export class CreateCampaigns1764000001000 implements MigrationInterface {
  name = 'CreateCampaigns1764000001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE recipient_lists (
        account_id       uuid        NOT NULL CONSTRAINT recipient_lists_account_fk REFERENCES accounts (id),
        id               uuid        NOT NULL,
        name             text        NOT NULL CONSTRAINT recipient_lists_name_length CHECK (length(name) BETWEEN 1 AND 200),
        state            text        NOT NULL CONSTRAINT recipient_lists_state CHECK (state IN ('receiving', 'ready', 'failed')),
        columns          text[]      NOT NULL DEFAULT '{}',
        phone_column     text,
        consent_column   text,
        ok_rows          integer     NOT NULL DEFAULT 0,
        invalid_rows     integer     NOT NULL DEFAULT 0,
        duplicate_rows   integer     NOT NULL DEFAULT 0,
        no_consent_rows  integer     NOT NULL DEFAULT 0,
        error            jsonb,
        created_at       timestamptz NOT NULL,
        finished_at      timestamptz,
        CONSTRAINT recipient_lists_pk PRIMARY KEY (account_id, id),
        CONSTRAINT recipient_lists_finished CHECK ((state = 'receiving') = (finished_at IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE recipient_list_rows (
        account_id  uuid    NOT NULL,
        list_id     uuid    NOT NULL,
        row_no      integer NOT NULL CONSTRAINT recipient_list_rows_no CHECK (row_no >= 1),
        input       text    NOT NULL,
        digits      text,
        country     text,
        variables   jsonb   NOT NULL,
        status      text    NOT NULL CONSTRAINT recipient_list_rows_status CHECK (status IN ('ok', 'invalid_number', 'duplicate', 'no_consent')),
        CONSTRAINT recipient_list_rows_pk PRIMARY KEY (account_id, list_id, row_no),
        CONSTRAINT recipient_list_rows_list_fk FOREIGN KEY (account_id, list_id) REFERENCES recipient_lists (account_id, id) ON DELETE CASCADE,
        CONSTRAINT recipient_list_rows_digits CHECK ((status = 'invalid_number') = (digits IS NULL))
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX recipient_list_rows_once ON recipient_list_rows (account_id, list_id, digits) WHERE status = 'ok'`,
    );
    await runner.query(`
      CREATE TABLE campaigns (
        account_id        uuid        NOT NULL CONSTRAINT campaigns_account_fk REFERENCES accounts (id),
        id                uuid        NOT NULL,
        name              text        NOT NULL CONSTRAINT campaigns_name_length CHECK (length(name) BETWEEN 1 AND 200),
        list_id           uuid        NOT NULL,
        template_id       uuid,
        text              text        CONSTRAINT campaigns_text_length CHECK (length(text) BETWEEN 1 AND 4000),
        sender            text,
        start_at          timestamptz,
        sending_window    jsonb,
        state             text        NOT NULL CONSTRAINT campaigns_state CHECK (state IN
                            ('draft', 'quoting', 'quoted', 'running', 'paused', 'sent', 'cancelled')),
        quote             jsonb,
        quote_micros      bigint,
        quote_currency    char(3),
        quoted_at         timestamptz,
        quote_expires_at  timestamptz,
        group_id          uuid,
        reservation_id    uuid,
        version           integer     NOT NULL DEFAULT 1,
        created_at        timestamptz NOT NULL,
        updated_at        timestamptz NOT NULL,
        started_at        timestamptz,
        finished_at       timestamptz,
        CONSTRAINT campaigns_pk PRIMARY KEY (account_id, id),
        CONSTRAINT campaigns_list_fk FOREIGN KEY (account_id, list_id) REFERENCES recipient_lists (account_id, id),
        CONSTRAINT campaigns_group_fk FOREIGN KEY (account_id, group_id) REFERENCES message_groups (account_id, id),
        CONSTRAINT campaigns_one_text CHECK ((template_id IS NULL) <> (text IS NULL)),
        CONSTRAINT campaigns_quoted CHECK (state NOT IN ('quoted', 'running', 'paused', 'sent') OR quote_micros IS NOT NULL),
        CONSTRAINT campaigns_started CHECK (state NOT IN ('running', 'paused', 'sent') OR (group_id IS NOT NULL AND started_at IS NOT NULL))
      )`);
    await runner.query(`CREATE INDEX campaigns_running ON campaigns (updated_at) WHERE state = 'running'`);
    await runner.query(`
      CREATE TABLE campaign_recipients (
        account_id    uuid     NOT NULL,
        campaign_id   uuid     NOT NULL,
        row_no        integer  NOT NULL,
        digits        text     NOT NULL,
        body          text,
        encoding      text,
        parts         smallint,
        price_micros  bigint,
        state         text     NOT NULL CONSTRAINT campaign_recipients_state CHECK (state IN ('ready', 'accepted', 'skipped')),
        reason        text,
        message_id    uuid,
        CONSTRAINT campaign_recipients_pk PRIMARY KEY (account_id, campaign_id, row_no),
        CONSTRAINT campaign_recipients_campaign_fk FOREIGN KEY (account_id, campaign_id) REFERENCES campaigns (account_id, id) ON DELETE CASCADE,
        CONSTRAINT campaign_recipients_text CHECK (state = 'skipped' OR (body IS NOT NULL AND parts IS NOT NULL AND price_micros IS NOT NULL)),
        CONSTRAINT campaign_recipients_explained CHECK ((state = 'skipped') = (reason IS NOT NULL) AND (state <> 'accepted' OR message_id IS NOT NULL))
      )`);
    await runner.query(
      `CREATE INDEX campaign_recipients_ready ON campaign_recipients (account_id, campaign_id, row_no) WHERE state = 'ready'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['campaign_recipients', 'campaigns', 'recipient_list_rows', 'recipient_lists'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
