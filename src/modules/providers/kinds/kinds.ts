import type { ProviderKind } from '../domain/provider.js';
import { httpKind } from './http-kind.js';
import type { ProviderKindSpec } from './provider-kind.js';
import { presetKind } from '../presets/preset.js';
import { twilio } from '../presets/twilio.js';
import { smppKind } from './smpp-kind.js';

/** The registry of adapters. */
export const KINDS: Record<ProviderKind, ProviderKindSpec> = {
  smpp: smppKind,
  http: httpKind,
  twilio: presetKind(twilio),
};
