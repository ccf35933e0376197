import { ReportInbox } from '../../../src/modules/providers/report-inbox.js';
import type { ProviderReport } from '../../../src/modules/providers/sms-provider.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { insertProvider } from '../../support/factories/providers.js';

const now = new Date('2026-03-02T12:00:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);

let db: TestDatabase;
let inbox: ReportInbox;
let providerId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  inbox = new ReportInbox(db.database);
  providerId = await insertProvider(db.database);
});
afterAll(() => db.drop());
beforeEach(() => db.database.query('DELETE FROM report_inbox'));

const report = (providerMessageId: string, more: Partial<ProviderReport> = {}) => ({
  providerId,
  providerMessageId,
  status: 'delivered' as const,
  intermediate: false,
  errorCode: null,
  doneAt: null,
  receivedAt: now,
  raw: `id:${providerMessageId} stat:DELIVRD`,
  ...more,
});

const takeAll = (at = now) => db.database.transaction((tx) => inbox.take(tx, 100, at));

describe('the report inbox', () => {
  it('keeps every field of a report, in order', async () => {
    const full = report('2', {
      status: 'undelivered',
      intermediate: true,
      clientReference: 'ref-2',
      partNo: 2,
      from: 'KABINET',
      to: '79161234567',
      errorCode: '027',
      doneAt: later(-1_000),
      costMicros: 12_345_678_901n,
      currency: 'EUR',
      operator: 'МТС',
      raw: 'id:2 text:"; DROP TABLE report_inbox',
    });
    await inbox.append([report('1'), full], now);
    const [first, second] = await takeAll();
    expect(first).toEqual({ ...report('1'), id: expect.any(String), tries: 0 });
    expect(second).toEqual({ ...full, id: expect.any(String), tries: 0 });
  });

  it('takes what PostgreSQL cannot store as it stands', async () => {
    await inbox.append([report('a\0b', { raw: '\0\0' })], now);
    expect((await takeAll())[0]).toMatchObject({ providerMessageId: 'a\uFFFDb', raw: '\uFFFD\uFFFD' });
  });

  it('refuses a whole batch when one report is impossible, so that none is acknowledged unstored', async () => {
    const bad = report('2', { status: 'nonsense' as 'delivered' });
    await expect(inbox.append([report('1'), bad], now)).rejects.toThrow('report_inbox_status');
    expect(await takeAll()).toEqual([]);
  });

  it('gives two workers different reports, and gives back what a dead worker had', async () => {
    await inbox.append([report('1'), report('2'), report('3')], now);
    await db.database.transaction(async (one) => {
      const mine = await inbox.take(one, 2, now);
      const theirs = await takeAll();
      expect(mine.map((item) => item.providerMessageId)).toEqual(['1', '2']);
      expect(theirs.map((item) => item.providerMessageId)).toEqual(['3']);
      await inbox.finish(
        one,
        mine.slice(0, 1).map(({ id }) => id),
      );
    });
    const died = db.database.transaction(async (tx) => {
      const taken = await inbox.take(tx, 10, now);
      await inbox.finish(
        tx,
        taken.map(({ id }) => id),
      );
      throw new Error('killed');
    });
    await expect(died).rejects.toThrow('killed');
    expect((await takeAll()).map((item) => item.providerMessageId)).toEqual(['2', '3']);
  });

  it('parks what matches nothing yet until its time', async () => {
    await inbox.append([report('1')], now);
    await db.database.transaction(async (tx) => {
      const [parked] = await inbox.take(tx, 1, now);
      await inbox.park(tx, [parked!.id], later(5_000));
    });
    expect(await takeAll(later(4_999))).toEqual([]);
    expect(await takeAll(later(5_000))).toMatchObject([{ providerMessageId: '1', tries: 1 }]);
  });

  it('tells listeners after the commit, not before', async () => {
    const seen: Promise<number>[] = [];
    const stop = inbox.onAppended(() => seen.push(takeAll().then(({ length }) => length)));
    await inbox.append([report('1')], now);
    expect(await Promise.all(seen)).toEqual([1]);
    await inbox.append([], now);
    stop();
    await inbox.append([report('2')], now);
    expect(seen).toHaveLength(1);
  });
});
