/** The payload of `providers.paused` and `providers.resumed`. */
export interface ProviderEvent {
  providerId: string;
  /** Null: the operator's own. */
  ownerAccountId?: string | null;
  reason?: string;
  detail?: string;
}

/** Pauses of the system itself; ops knows of its own. */
const FOR_STAFF: readonly string[] = ['credentials_refused', 'provider_no_funds'];

/** The accounts that hear of a pause: the operator of what it did not do itself, the owner of everything. */
export function whoIsTold({ ownerAccountId, reason = '' }: ProviderEvent, platformAccountId: string): string[] {
  const staff = FOR_STAFF.includes(reason) ? [platformAccountId] : [];
  return ownerAccountId ? [...staff, ownerAccountId] : staff;
}
