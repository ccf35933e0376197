import { HttpProvider } from '../../../src/modules/providers/http/http-provider.js';
import { readHttpSettings } from '../../../src/modules/providers/http/read-http-settings.js';
import type { ProviderListener } from '../../../src/modules/providers/sms-provider.js';
import {
  type ContractSubject,
  describeSmsProvider,
  RESPONSE_TIMEOUT_MS,
  submission,
} from '../../contract/sms-provider.js';
import { startCallbackReceiver } from '../../support/callback-receiver.js';
import { peerOf } from '../../support/company-subject.js';
import {
  HttpOperator,
  JSON_DIALECT_SECRETS,
  jsonDialectSettings,
  KANNEL_SECRETS,
  kannelSettings,
} from '../../support/http-operator.js';

const NUMBERS = {
  delivered: '48500000001',
  undelivered: '48500000002',
  expired: '48500000003',
  refused: '48500000004',
};

const LIMITS = {
  timeoutMs: RESPONSE_TIMEOUT_MS,
  maxConcurrent: 8,
  retryMinMs: 20,
  retryMaxMs: 100,
  throttleMinMs: 50,
};

async function open(
  describe: (origin: string) => Record<string, unknown>,
  secrets: Record<string, string>,
): Promise<ContractSubject> {
  const operator = await HttpOperator.start();
  const settings = readHttpSettings({ ...describe(operator.origin), limits: LIMITS }, new Set(Object.keys(secrets)));
  let listener: ProviderListener | undefined;
  const receiver = await startCallbackReceiver(
    () => settings.reports!,
    (reports) => listener!.onReports(reports),
  );
  const provider = new HttpProvider({
    settings,
    secrets,
    callbackUrl: receiver.url,
    policy: { allowPrivateAddresses: true },
    now: () => new Date(),
  });
  const start = provider.start.bind(provider);
  provider.start = (given) => {
    listener = given;
    start(given);
  };
  return {
    provider,
    numbers: NUMBERS,
    peer: peerOf(operator),
    close: async () => {
      await operator.stop();
      receiver.close();
    },
  };
}

// The first request of a process loads and compiles much of the client, which takes longer than the suite's short time-out.
beforeAll(async () => {
  const subject = await open(jsonDialectSettings, JSON_DIALECT_SECRETS);
  subject.provider.start({ onReports: () => Promise.resolve() });
  await subject.provider.submit([submission(NUMBERS.delivered, 'warm')]);
  await subject.provider.stop(1_000);
  await subject.close();
});

const capabilities = {
  requestUnit: 'message',
  maxBatch: 1,
  maxPartUnits: { gsm7: 153, ucs2: 67 },
  statusQuery: false,
  askedByReference: false,
  balance: false,
  reports: 'callback',
  lateAnswers: false,
  inbound: false,
} as const;

describeSmsProvider('HTTP with JSON', capabilities, () => open(jsonDialectSettings, JSON_DIALECT_SECRETS));

describeSmsProvider('HTTP as a Kannel smsbox speaks it', capabilities, () => open(kannelSettings, KANNEL_SECRETS));
