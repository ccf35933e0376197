import { readEnv } from '../../../config/env.js';
import { DispatchSettings } from './dispatch-settings.js';

describe('DispatchSettings', () => {
  it('are the defaults when the environment says nothing', () => {
    expect(DispatchSettings.of(readEnv({}))).toEqual(new DispatchSettings());
  });

  it('take the lease and the deadline of unknown outcomes from the environment', () => {
    const settings = DispatchSettings.of(readEnv({ LEASE_SECONDS: '8', UNKNOWN_OUTCOME_SECONDS: '45' }));
    expect(settings).toMatchObject({ leaseMs: 8_000, guessAfterMs: 8_000, unknownMs: 45_000 });
  });
});
