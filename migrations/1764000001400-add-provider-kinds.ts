import type { MigrationInterface, QueryRunner } from 'typeorm';

const setKinds = (kinds: string) => `
  ALTER TABLE providers DROP CONSTRAINT providers_kind,
    ADD CONSTRAINT providers_kind CHECK (kind IN (${kinds}))`;

/** Companies whose API is known, beside SMPP and the HTTP provider that is described as data. */
export class AddProviderKinds1764000001400 implements MigrationInterface {
  name = 'AddProviderKinds1764000001400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(setKinds(`'smpp', 'http', 'twilio', 'vonage', 'infobip', 'smsapi', 'smsc', 'intis'`));
  }

  /** Fails while there are providers of these kinds: what they sent names them. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(setKinds(`'smpp', 'http'`));
  }
}
