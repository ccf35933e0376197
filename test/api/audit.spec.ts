import { AuditModule } from '../../src/modules/audit/index.js';
import { AccountsModule, AccountsService } from '../../src/modules/accounts/index.js';
import { WalletsModule } from '../../src/modules/wallets/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('audit', () => {
  let db: TestDatabase;
  let test: TestApp;
  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({ imports: [AccountsModule, WalletsModule, AuditModule], database: db.database });
  });
  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  it('is asked for by staff, and names what is wrong', async () => {
    const get = () => test.http().get('/admin/v1/audit').set(test.asStaff());
    const clean = await get().expect(200);
    expect(clean.body).toEqual({ checkedAt: expect.any(String), clean: true, violations: [] });
    await db.database.query(`UPDATE wallets SET available_micros = 1`);
    const accountId = await test.app.get(AccountsService, { strict: false }).platformAccountId();
    const { body } = await get().expect(200);
    expect(body.violations).toEqual([
      {
        invariant: '1.wallet_available',
        accountId,
        subject: expect.stringMatching(/^wallet:/),
        expected: '0',
        actual: '1',
      },
    ]);
    await test.http().get('/admin/v1/audit').set(test.as(accountId)).expect(403);
    await test
      .http()
      .get('/admin/v1/audit')
      .set(test.asStaff(['wallets:read']))
      .expect(403);
  });
});
