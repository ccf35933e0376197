import { whoIsTold } from './who-is-told.js';

describe('a pause of a provider', () => {
  it.each([
    [{ providerId: 'p', ownerAccountId: null, reason: 'credentials_refused' }, ['platform']],
    [{ providerId: 'p', ownerAccountId: 'owner', reason: 'provider_no_funds' }, ['platform', 'owner']],
    [{ providerId: 'p', ownerAccountId: 'owner', reason: 'maintenance' }, ['owner']],
    [{ providerId: 'p', ownerAccountId: 'owner', reason: 'awaiting_activation' }, ['platform']],
    [{ providerId: 'p', reason: 'maintenance' }, []],
  ])('%j is told to %j', (event, told) => {
    expect(whoIsTold(event, 'platform')).toEqual(told);
  });
});
