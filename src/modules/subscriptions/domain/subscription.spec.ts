import { type Subscription, whatIsDue } from './subscription.js';

const MARCH = new Date('2026-02-28T21:00:00Z');
const running: Subscription = {
  accountId: 'a',
  id: 's',
  serviceId: 'v',
  kind: 'recurring',
  status: 'active',
  boughtBy: 'account',
  timeZone: 'Europe/Moscow',
  anchorDay: '2026-02-01',
  currency: 'RUB',
  priceMicros: 1n,
  periodNo: 1,
  periodStart: new Date('2026-02-01T09:00:00Z'),
  periodEnd: MARCH,
  cancelAtPeriodEnd: false,
  nextAt: MARCH,
  graceUntil: null,
  endedAt: null,
  createdAt: new Date('2026-02-01T09:00:00Z'),
};
const before = new Date(MARCH.getTime() - 1);

describe('What is due', () => {
  it('is nothing until the period is over, and then the next one', () => {
    expect(whatIsDue(running, before)).toEqual({ do: 'nothing' });
    const period = { no: 2, startsAt: MARCH, endsAt: new Date('2026-03-31T21:00:00Z') };
    expect(whatIsDue(running, MARCH)).toEqual({ do: 'charge', period });
  });

  it.each([
    ['cancelled', { cancelAtPeriodEnd: true }],
    ['ended', { kind: 'one_off' as const }],
  ])('is the end, %s, and never a charge: %j', (status, change) => {
    expect(whatIsDue({ ...running, ...change }, before)).toEqual({ do: 'nothing' });
    expect(whatIsDue({ ...running, ...change }, MARCH)).toEqual({ do: 'end', status, at: MARCH });
  });

  it('is the charge as long as grace lasts, and the end at the moment it does not', () => {
    const graceUntil = new Date('2026-03-07T21:00:00Z');
    const waiting = { ...running, status: 'waiting_funds' as const, graceUntil };
    expect(whatIsDue(waiting, new Date(graceUntil.getTime() - 1))).toMatchObject({ do: 'charge', period: { no: 2 } });
    expect(whatIsDue(waiting, graceUntil)).toEqual({ do: 'end', status: 'ended', at: graceUntil });
  });
});
