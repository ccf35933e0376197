import type { OutboundPolicy } from '../../../outbound/guarded-connect.js';
import type { HttpSettings } from '../http/http-settings.js';
import type { ReportCheck } from '../http/report-reader.js';
import type { SmsProvider } from '../sms-provider.js';

/** What a link is opened with. */
export interface LinkConfig {
  settings: object;
  credentials: Record<string, string>;
  /** Where the provider is to send reports; null: nowhere. */
  callbackUrl: string | null;
  policy: OutboundPolicy;
  /** The product's clock. */
  now: () => Date;
}

/** Everything that differs between kinds of providers, in one place: add a kind here and nowhere else. */
export interface ProviderKindSpec {
  /** Checks and completes settings. Throws DomainError `invalid_provider_settings`, pointers relative to the settings. */
  readSettings(input: unknown, credentials: Record<string, string>): object;
  /** Checks credentials. Throws DomainError `invalid_provider_credentials`, pointers relative to the credentials. */
  readCredentials(input: unknown): Record<string, string>;
  /** Reports come to our callback address. */
  takesCallbacks(settings: object): boolean;
  /** Reading calls to the callback address takes credentials: they are signed, or the description is made from them. */
  readsWithCredentials(settings: object): boolean;
  /** What is spoken over HTTP, as a whole description, with the credentials of these names; absent for what is not HTTP. */
  describe?(settings: object, credentialNames: readonly string[]): HttpSettings;
  /** What calls to the callback address must fulfil beside what the description says. */
  checkReports?(settings: object): ReportCheck;
  /** It can be asked what became of a message that it took. */
  asksStatuses?(settings: object): boolean;
  /** It is asked over a link that is up: one more for a question alone would be a bind that is nobody's to take. */
  asksOverLink?: true;
  /** A link that is not started yet. Throws like {@link readSettings} for settings that an older version stored. */
  open(config: LinkConfig): SmsProvider;
}
