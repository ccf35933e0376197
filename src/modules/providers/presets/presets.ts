import type { ProviderKind } from '../domain/provider.js';
import { infobip } from './infobip.js';
import { intis } from './intis.js';
import type { Preset } from './preset.js';
import { smsapi } from './smsapi.js';
import { smsc } from './smsc.js';
import { twilio } from './twilio.js';
import { vonage } from './vonage.js';

/** What an account may enter for itself: known companies. SMPP and free descriptions of HTTP stay with the operator's staff. */
export const OWN_KINDS = ['twilio', 'vonage', 'infobip', 'smsapi', 'smsc', 'intis'] as const satisfies ProviderKind[];
export type OwnKind = (typeof OWN_KINDS)[number];

export function isOwnKind(kind: ProviderKind): kind is OwnKind {
  return (OWN_KINDS as readonly ProviderKind[]).includes(kind);
}

type PresetFacts = Pick<Preset, 'company' | 'baseUrl' | 'hosts' | 'credentials' | 'fields'>;

export const PRESETS: Record<OwnKind, PresetFacts> = { twilio, vonage, infobip, smsapi, smsc, intis };
