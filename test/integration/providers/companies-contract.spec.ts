import type { ProviderCapabilities } from '../../../src/modules/providers/sms-provider.js';
import { describeSmsProvider, submission } from '../../contract/sms-provider.js';
import { companyOf } from '../../support/companies/companies.js';
import { openCompany } from '../../support/company-subject.js';

const COMMON: ProviderCapabilities = {
  requestUnit: 'message',
  maxBatch: 1,
  maxPartUnits: { gsm7: 153, ucs2: 67 },
  statusQuery: true,
  askedByReference: false,
  balance: true,
  reports: 'callback',
  lateAnswers: false,
  inbound: true,
};

// The first request of a process loads and compiles much of the client, which takes longer than the suite's short time-out.
beforeAll(async () => {
  const subject = await openCompany(companyOf('twilio'));
  const { provider, numbers } = subject;
  provider.start({ onReports: () => Promise.resolve() });
  await provider.submit([submission(numbers.delivered, 'warm')]);
  await provider.stop(1_000);
  await subject.close();
});

describeSmsProvider('Twilio', COMMON, () => openCompany(companyOf('twilio')), {
  outcomes: ['delivered', 'undelivered'],
});

describeSmsProvider('Vonage', { ...COMMON, statusQuery: false }, () => openCompany(companyOf('vonage')));

describeSmsProvider('Infobip', { ...COMMON, askedByReference: true, maxBatch: 50 }, () =>
  openCompany(companyOf('infobip')),
);

describeSmsProvider('SMSAPI.pl', COMMON, () => openCompany(companyOf('smsapi')));

describeSmsProvider('SMSC.ru', { ...COMMON, askedByReference: true, reports: 'polled' }, () =>
  openCompany(companyOf('smsc')),
);

describeSmsProvider('Intis', { ...COMMON, maxBatch: 50, reports: 'polled', inbound: false }, () =>
  openCompany(companyOf('intis')),
);
