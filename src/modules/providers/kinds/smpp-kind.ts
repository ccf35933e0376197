import { guardedConnect } from '../../../outbound/guarded-connect.js';
import { SmppProvider } from '../smpp/smpp-provider.js';
import { readSmppCredentials, readSmppSettings, type SmppSettings } from '../smpp/smpp-settings.js';
import type { ProviderKindSpec } from './provider-kind.js';

export const smppKind: ProviderKindSpec = {
  readSettings: (input) => readSmppSettings(input),
  readCredentials: (input) => ({ ...readSmppCredentials(input) }),
  takesCallbacks: () => false,
  readsWithCredentials: () => false,
  // Settings that an older version stored do not say it.
  asksStatuses: (settings) => (settings as Partial<SmppSettings>).statusQuery ?? false,
  asksOverLink: true,
  open: ({ settings, credentials, policy, now }) =>
    new SmppProvider({
      settings: readSmppSettings(settings),
      credentials: readSmppCredentials(credentials),
      now,
      openSocket: ({ host, port, tls }) =>
        guardedConnect(
          { host, port, tls: tls && { serverName: tls.serverName ?? undefined, ca: tls.ca ?? undefined } },
          policy,
        ),
    }),
};
