import { type Route, RouteBook } from './route-book.js';

let nextId = 0;
const route = (prefix: string, providerId: string, more: Partial<Route> = {}): Route => ({
  id: String(nextId++),
  prefix,
  lane: null,
  tier: 1,
  weight: 1,
  providerId,
  providerStatus: 'active',
  ...more,
});

const tiers = (first: Partial<Route>, second: Partial<Route>) =>
  new RouteBook([route('7', 'first', first), route('7', 'second', { tier: 2, ...second })]).pick('7916', 'bulk');

describe('the route book', () => {
  it('takes the longest prefix, and nothing shorter beside it', () => {
    const book = new RouteBook([route('', 'world'), route('7', 'ru'), route('7916', 'mts'), route('77', 'kz')]);
    expect(book.pick('79161234567', 'bulk')).toEqual({ providerId: 'mts', alternatives: [] });
    expect(book.pick('79261234567', 'bulk')?.providerId).toBe('ru');
    expect(book.pick('77011234567', 'bulk')?.providerId).toBe('kz');
    expect(book.pick('306900000000', 'bulk')?.providerId).toBe('world');
  });

  it('goes by operator within a prefix, and by the longest prefix before that', () => {
    const operatorOf = (digits: string) => (digits.endsWith('1') ? 'ru-mts' : digits.endsWith('2') ? 'ru-yota' : null);
    const mts = { operatorCode: 'ru-mts' };
    const book = new RouteBook(
      [
        route('', 'world'),
        route('', 'mts-anywhere', mts),
        route('7', 'ru'),
        route('7', 'ru-mts', { ...mts, tier: 2 }),
        route('7', 'ru-mts-second', { ...mts, tier: 3 }),
        route('7', 'ru-yota-codes', { operatorCode: 'ru-yota', lane: 'otp' }),
        route('7916', 'def-916'),
        route('48', 'pl'),
      ],
      operatorOf,
    );
    // Of one prefix that for the operator, whatever its tier; those for any are no fallback.
    expect(book.pick('79260000001', 'bulk')).toEqual({ providerId: 'ru-mts', alternatives: ['ru-mts-second'] });
    expect(book.pick('79260000003', 'bulk')).toEqual({ providerId: 'ru', alternatives: [] });
    expect(book.pick('79260000002', 'bulk')?.providerId).toBe('ru');
    expect(book.pick('79260000002', 'otp')).toEqual({ providerId: 'ru-yota-codes', alternatives: [] });
    // A longer prefix goes before an operator, also when it names none.
    expect(book.pick('79160000001', 'bulk')?.providerId).toBe('def-916');
    expect(book.pick('48500000001', 'bulk')?.providerId).toBe('pl');
    expect(book.pick('30690000001', 'bulk')?.providerId).toBe('mts-anywhere');
    expect(book.pick('30690000003', 'bulk')?.providerId).toBe('world');
  });

  it('asks whose a number is only where a route depends on it', () => {
    let asked = 0;
    const operatorOf = () => ((asked += 1), 'ru-mts');
    const plain = new RouteBook([route('7', 'ru'), route('', 'own', { ownerAccountId: 'a' })], operatorOf);
    plain.pick('79160000001', 'bulk');
    plain.forAccount('a').pick('79160000001', 'bulk');
    expect(asked).toBe(0);
    const own = { ownerAccountId: 'a', operatorCode: 'ru-mts' };
    const book = new RouteBook([route('7', 'ru'), route('7', 'of-a', own)], operatorOf);
    expect(book.forAccount('a').pick('79160000001', 'bulk')?.providerId).toBe('of-a');
    expect(asked).toBe(1);
    expect(book.forAccount('b').pick('79160000001', 'bulk')?.providerId).toBe('ru');
  });

  it('leads an account to its own provider first, also while that is paused, and nobody else there', () => {
    const own = (prefix: string, providerId: string, ownerAccountId: string, more: Partial<Route> = {}) =>
      route(prefix, providerId, { ownerAccountId, ...more });
    const book = new RouteBook([
      route('', 'world'),
      route('7916', 'mts'),
      own('', 'of-a', 'a', { providerStatus: 'paused' }),
      own('48', 'of-b', 'b'),
    ]);
    expect(book.forAccount('a').pick('79161234567', 'bulk')).toEqual({ providerId: 'of-a', alternatives: [] });
    expect(book.forAccount('b').pick('48500000001', 'otp')?.providerId).toBe('of-b');
    expect(book.forAccount('b').pick('79161234567', 'bulk')?.providerId).toBe('mts');
    expect(book.forAccount('c').pick('48500000001', 'otp')?.providerId).toBe('world');
    expect(book.pick('48500000001', 'otp')?.providerId).toBe('world');
  });

  it('has no route where none is written', () => {
    expect(new RouteBook([]).pick('79161234567', 'otp')).toBeNull();
    expect(new RouteBook([route('48', 'pl')]).pick('79161234567', 'otp')).toBeNull();
    expect(new RouteBook([route('7', 'ru', { lane: 'bulk' })]).pick('79161234567', 'otp')).toBeNull();
  });

  it('falls back to a shorter prefix when the longer one has nothing for the lane', () => {
    const book = new RouteBook([route('7916', 'mts', { lane: 'bulk' }), route('7', 'ru')]);
    expect(book.pick('79161234567', 'otp')?.providerId).toBe('ru');
    expect(book.pick('79161234567', 'bulk')?.providerId).toBe('mts');
  });

  it("puts the lane's own routes first, then those of all lanes", () => {
    const book = new RouteBook([route('7', 'general'), route('7', 'codes', { lane: 'otp', tier: 2 })]);
    expect(book.pick('79161234567', 'otp')).toEqual({ providerId: 'codes', alternatives: ['general'] });
    expect(book.pick('79161234567', 'bulk')).toEqual({ providerId: 'general', alternatives: [] });
  });

  it('goes up the tiers past what is not usable, and waits at the best one when nothing is', () => {
    const paused = { providerStatus: 'paused' } as const;
    expect(tiers({}, {})).toEqual({ providerId: 'first', alternatives: ['second'] });
    expect(tiers(paused, {})).toEqual({ providerId: 'second', alternatives: ['first'] });
    expect(tiers({ providerStatus: 'draining' }, {})?.providerId).toBe('second');
    expect(tiers(paused, paused)).toEqual({ providerId: 'first', alternatives: ['second'] });
  });

  it('shares a tier by weight, the same number always the same way', () => {
    const book = new RouteBook([route('7', 'big', { weight: 3 }), route('7', 'small', { weight: 1 })]);
    const counts = { big: 0, small: 0 };
    for (let number = 0; number < 10_000; number++) {
      const digits = `7916${String(number).padStart(7, '0')}`;
      const pick = book.pick(digits, 'bulk')!;
      counts[pick.providerId as 'big' | 'small']++;
      expect(pick.alternatives).toHaveLength(1);
      if (number < 100) expect(book.pick(digits, 'bulk')).toEqual(pick);
    }
    expect(counts.small / 10_000).toBeGreaterThan(0.23);
    expect(counts.small / 10_000).toBeLessThan(0.27);
  });
});
