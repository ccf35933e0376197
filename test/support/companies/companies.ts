import type { ProviderKind } from '../../../src/modules/providers/domain/provider.js';
import type { Company } from '../company-subject.js';
import { INFOBIP, INFOBIP_SECRETS } from './infobip.js';
import { INTIS, INTIS_SECRETS } from './intis.js';
import { SMSAPI, SMSAPI_SECRETS } from './smsapi.js';
import { SMSC, SMSC_SECRETS } from './smsc.js';
import { TWILIO, TWILIO_SECRETS } from './twilio.js';
import { VONAGE, VONAGE_SECRETS } from './vonage.js';

/** Every company that has a stand-in. */
export const COMPANIES = {
  twilio: { kind: 'twilio', dialect: TWILIO, secrets: TWILIO_SECRETS },
  vonage: { kind: 'vonage', dialect: VONAGE, secrets: VONAGE_SECRETS },
  infobip: { kind: 'infobip', dialect: INFOBIP, secrets: INFOBIP_SECRETS },
  smsapi: { kind: 'smsapi', dialect: SMSAPI, secrets: SMSAPI_SECRETS },
  smsc: { kind: 'smsc', dialect: SMSC, secrets: SMSC_SECRETS },
  intis: { kind: 'intis', dialect: INTIS, secrets: INTIS_SECRETS },
} satisfies Partial<Record<ProviderKind, Company>>;

export type CompanyKind = keyof typeof COMPANIES;

export const COMPANY_KINDS = Object.keys(COMPANIES) as CompanyKind[];

export const companyOf = (kind: CompanyKind): Company => COMPANIES[kind];
