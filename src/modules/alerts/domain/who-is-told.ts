/** The reason of a provider that an account has entered, and that was never switched on. */
export const AWAITING = 'awaiting_activation';

/** The reason of a provider that fails. */
export const LINKS_DOWN = 'links_down';

/** The payload of `providers.paused`, `resumed`, `failing` and `recovered`. */
export interface ProviderEvent {
  providerId: string;
  /** Null: the operator's own. */
  ownerAccountId?: string | null;
  reason?: string;
  detail?: string;
}

/** Of what nobody of the staff did; ops knows of its own pauses. */
const FOR_STAFF: readonly string[] = ['credentials_refused', 'provider_no_funds', LINKS_DOWN, AWAITING];

/** The accounts that hear of a pause: the operator of what it did not do itself, the owner of everything. */
export function whoIsTold({ ownerAccountId, reason = '' }: ProviderEvent, platformAccountId: string): string[] {
  const staff = FOR_STAFF.includes(reason) ? [platformAccountId] : [];
  return ownerAccountId && reason !== AWAITING ? [...staff, ownerAccountId] : staff;
}
