import { FakeClock } from '../../support/clock.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { newId } from '../../../src/kernel/ids.js';
import type { Currency } from '../../../src/kernel/money.js';
import { AccountFeatures, AccountOpenings } from '../../../src/modules/accounts/index.js';
import { TariffsService } from '../../../src/modules/tariffs/index.js';
import { PriceCache } from '../../../src/modules/tariffs/persistence/price-cache.js';

describe('price book', () => {
  const clock = new FakeClock();
  let db: TestDatabase;
  let cache: PriceCache;
  let tariffs: TariffsService;

  const start = async (): Promise<TariffsService> => {
    cache = new PriceCache(db.database);
    const service = new TariffsService(db.database, cache, new AccountOpenings(), new AccountFeatures(), clock);
    await service.onModuleInit();
    return service;
  };
  const account = async (currency: Currency): Promise<string> => {
    const id = newId();
    await db.database.query(
      `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, created_at, updated_at)
       VALUES ($1, 'customer', 'Test', 'GR', $2, 'Europe/Athens', 'Test', $3, $3)`,
      [id, currency, clock.now()],
    );
    await db.database.transaction((tx) => tariffs.assignDefault(tx, id, currency, clock.now()));
    return id;
  };

  beforeAll(async () => {
    db = await createTestDatabase();
    tariffs = await start();
  });
  afterAll(() => db.drop());

  it('sells by a default tariff in every currency, however often and from however many processes it starts', async () => {
    await Promise.all(Array.from({ length: 5 }, start));
    const rows = await db.database.query(
      `SELECT currency, count(DISTINCT id)::int AS tariffs, count(*)::int AS prices
       FROM tariffs JOIN tariff_prices ON tariff_id = id WHERE is_default AND traffic = 'platform'
       GROUP BY currency ORDER BY currency`,
    );
    expect(rows).toEqual(['EUR', 'PLN', 'RUB', 'USD'].map((currency) => ({ currency, tariffs: 1, prices: 11 })));
    const own = await db.database.query(
      `SELECT currency, prefix, price_micros AS price FROM tariffs JOIN tariff_prices ON tariff_id = id
       WHERE is_default AND traffic = 'own' ORDER BY currency`,
    );
    const free = ['CRD', 'EUR', 'PLN', 'RUB', 'USD'].map((currency) => ({ currency, prefix: '', price: 0n }));
    expect(own).toEqual(free);
    tariffs = await start();
  });

  it('does not bring back what the operator changed', async () => {
    await db.database.query(`UPDATE tariffs SET name = 'Our own' WHERE code = 'standard-pln'`);
    await db.database.query(
      `DELETE FROM tariff_prices p USING tariffs t WHERE t.id = p.tariff_id AND code = 'standard-pln' AND prefix = '1'`,
    );
    tariffs = await start();
    const [row] = await db.database.query(
      `SELECT name, count(*)::int AS prices FROM tariffs JOIN tariff_prices ON tariff_id = id WHERE code = 'standard-pln' GROUP BY name`,
    );
    expect(row).toEqual({ name: 'Our own', prices: 10 });
  });

  it('prices many accounts at once, each by its own tariff', async () => {
    const [rub, eur, credits] = [await account('RUB'), await account('EUR'), await account('CRD')];
    const book = await tariffs.priceBook([rub, eur, credits, newId()], clock.now());
    expect(book.quote(rub, '79161234567')).toEqual({
      priceMicrosPerPart: 3_900_000n,
      currency: 'RUB',
      tariffId: expect.any(String),
      chargeOn: 'submit',
      refundUndelivered: true,
    });
    expect(book.quote(eur, '306912345678')).toMatchObject({ priceMicrosPerPart: 45_000n, currency: 'EUR' });
    expect(book.quote(eur, '886912345678')).toMatchObject({ priceMicrosPerPart: 150_000n });
    expect(book.quote(credits, '306912345678')).toBeNull();
    expect(book.quote(newId(), '306912345678')).toBeNull();
  });

  it('prices what goes over an account’s own provider by a fee: none by default, else the one that it was given', async () => {
    const [free, paying] = [await account('EUR'), await account('EUR')];
    const id = newId();
    await db.database.query(
      `INSERT INTO tariffs (id, code, name, currency, charge_on, refund_undelivered, traffic, created_at)
       VALUES ($1, 'fee', 'Fee', 'EUR', 'submit', true, 'own', $2)`,
      [id, clock.now()],
    );
    await db.database.query(
      `INSERT INTO tariff_prices (tariff_id, prefix, valid_from, price_micros) VALUES ($1, '', $2, 5000)`,
      [id, clock.now()],
    );
    await db.database.query(
      `INSERT INTO account_tariffs (account_id, traffic, valid_from, tariff_id) VALUES ($1, 'own', $2, $3)`,
      [paying, clock.now(), id],
    );
    cache.invalidate();
    const book = await tariffs.priceBook([free, paying], clock.now());
    expect(book.quote(free, '306912345678', 'own')).toMatchObject({ priceMicrosPerPart: 0n, currency: 'EUR' });
    expect(book.quote(paying, '306912345678', 'own')).toMatchObject({ priceMicrosPerPart: 5_000n, tariffId: id });
    expect(book.quote(paying, '306912345678')).toMatchObject({ priceMicrosPerPart: 45_000n });
  });

  it('prices by the tariff that was assigned at that instant, before and after a change', async () => {
    const id = await account('EUR');
    const pln = (await db.database.query<{ id: string }>(`SELECT id FROM tariffs WHERE code = 'standard-pln'`))[0]!;
    const later = new Date(clock.now().getTime() + 60_000);
    await db.database.query(`INSERT INTO account_tariffs (account_id, valid_from, tariff_id) VALUES ($1, $2, $3)`, [
      id,
      later,
      pln.id,
    ]);
    cache.invalidate(id);
    const currencyAt = async (now: Date) => (await tariffs.priceBook([id], now)).quote(id, '48600100200')?.currency;
    expect(await currencyAt(clock.now())).toBe('EUR');
    expect(await currencyAt(later)).toBe('PLN');
    expect(await currencyAt(new Date(clock.now().getTime() - 1))).toBeUndefined();
  });

  it('reads nothing while its snapshot is young', async () => {
    const id = await account('EUR');
    await tariffs.priceBook([id], clock.now());
    await db.database.query(`UPDATE tariff_prices SET price_micros = 1`);
    const price = async () =>
      (await tariffs.priceBook([id], clock.now())).quote(id, '306912345678')!.priceMicrosPerPart;
    expect(await price()).toBe(45_000n);
    cache.invalidate();
    expect(await price()).toBe(1n);
  });
});
