import { ENTRY_KINDS } from './movement.js';
import { compareGroups, isPlain, serviceOf, slicesOf, sourceOf } from './statement.js';

const kinds = (filter: Parameters<typeof slicesOf>[0], bought?: string[]) =>
  slicesOf(filter, 'sms', bought).map(({ kind }) => kind);

describe('a statement', () => {
  it('is read along one index when nothing is asked but the order of time', () => {
    expect(isPlain({ sort: '-at' })).toBe(true);
    expect(isPlain({ sort: 'at', kinds: [], sources: [] })).toBe(true);
    expect(isPlain({ sort: 'source' })).toBe(false);
    expect(isPlain({ sort: 'at', service: 'sms' })).toBe(false);
  });

  it('has every kind once, unless it asks for some', () => {
    expect(kinds({ sort: '-at' }).toSorted()).toEqual([...ENTRY_KINDS].toSorted());
    expect(kinds({ sort: '-at', sources: ['payments'] })).toEqual(['top_up', 'bank_reversal']);
    expect(kinds({ sort: '-at', sources: ['payments'], kinds: ['hold'] })).toEqual([]);
    expect(kinds({ sort: '-at', service: 'sms', sources: ['campaigns'] })).toEqual(['reserve', 'unreserve']);
    expect(slicesOf({ sort: '-at', service: 'sales_tools' }, 'sms')).toEqual([
      { kind: 'purchase', bought: 'sales_tools', group: '' },
    ]);
  });

  it('groups by service by their codes, what is for none at the end', () => {
    const slices = slicesOf({ sort: 'service' }, 'sms', ['tools', 'archive']);
    expect([...new Set(slices.map(({ group }) => group))]).toEqual(['archive', 'sms', 'tools', '']);
    expect(slices.filter(({ group }) => group === '').map(({ kind }) => sourceOf(kind))).not.toContain('messages');
  });

  it('groups by source in one order', () => {
    const groups = slicesOf({ sort: 'source' }, 'sms').map(({ group }) => group);
    expect([...new Set(groups)]).toEqual(['messages', 'campaigns', 'subscriptions', 'payments', 'adjustments']);
    expect(compareGroups('source', 'messages', 'payments')).toBeLessThan(0);
    expect(compareGroups('service', '', 'zoo')).toBeGreaterThan(0);
  });

  it('says which service each entry is for', () => {
    expect(serviceOf('purchase', 'sales_tools', 'sms')).toBe('sales_tools');
    expect(serviceOf('reserve', undefined, 'sms')).toBe('sms');
    expect(serviceOf('top_up', undefined, 'sms')).toBeNull();
  });
});
