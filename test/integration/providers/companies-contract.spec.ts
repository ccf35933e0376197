import type { ProviderCapabilities } from '../../../src/modules/providers/sms-provider.js';
import { describeSmsProvider, submission } from '../../contract/sms-provider.js';
import { TWILIO, TWILIO_SECRETS } from '../../support/companies/twilio.js';
import { type Company, openCompany } from '../../support/company-subject.js';

const COMMON: ProviderCapabilities = {
  requestUnit: 'message',
  maxBatch: 1,
  maxPartUnits: { gsm7: 153, ucs2: 67 },
  refusesRepeats: false,
  statusQuery: true,
  balance: true,
  reports: 'callback',
  lateAnswers: false,
  inbound: false,
};

const twilio: Company = { kind: 'twilio', dialect: TWILIO, secrets: TWILIO_SECRETS };

// The first request of a process loads and compiles much of the client, which takes longer than the suite's short time-out.
beforeAll(async () => {
  const subject = await openCompany(twilio);
  const { provider, numbers } = subject;
  provider.start({ onReports: () => Promise.resolve() });
  await provider.submit([submission(numbers.delivered, 'warm')]);
  await provider.stop(1_000);
  await subject.close();
});

describeSmsProvider('Twilio', COMMON, () => openCompany(twilio), { outcomes: ['delivered', 'undelivered'] });
