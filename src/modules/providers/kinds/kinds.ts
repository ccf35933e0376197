import type { ProviderKind } from '../domain/provider.js';
import { httpKind } from './http-kind.js';
import type { ProviderKindSpec } from './provider-kind.js';
import { infobip } from '../presets/infobip.js';
import { intis } from '../presets/intis.js';
import { presetKind } from '../presets/preset.js';
import { smsapi } from '../presets/smsapi.js';
import { smsc } from '../presets/smsc.js';
import { twilio } from '../presets/twilio.js';
import { vonage } from '../presets/vonage.js';
import { smppKind } from './smpp-kind.js';

/** The registry of adapters. */
export const KINDS: Record<ProviderKind, ProviderKindSpec> = {
  smpp: smppKind,
  http: httpKind,
  twilio: presetKind(twilio),
  vonage: presetKind(vonage),
  infobip: presetKind(infobip),
  smsapi: presetKind(smsapi),
  smsc: presetKind(smsc),
  intis: presetKind(intis),
};

/** Whether a provider of this kind, with these settings, can be asked what became of a message that it took. */
export const canBeAsked = (kind: ProviderKind, settings: object): boolean =>
  KINDS[kind].asksStatuses?.(settings) ?? false;

/** Whom anybody may ask, without a link that is up. */
export const ASKED_BY_ANYBODY: readonly ProviderKind[] = (Object.keys(KINDS) as ProviderKind[]).filter(
  (kind) => !KINDS[kind].asksOverLink,
);
