import type { WeeklyWindow } from '../../../kernel/time-window.js';
import type { ProviderKind, ProviderLifecycle, SenderPolicy } from '../domain/provider.js';
import type { ProviderSnapshot } from '../provider-snapshot.js';

export interface ProviderRow {
  id: string;
  owner_account_id: string | null;
  code: string;
  kind: ProviderKind;
  name: string;
  status: ProviderLifecycle;
  pause_reason: string | null;
  rate_per_second: number;
  max_binds: number;
  sending_window: WeeklyWindow | null;
  sender_policy: SenderPolicy;
  pass_on_codes: string[];
  version: number;
  is_failing: boolean;
}

export function toProviderSnapshot(row: ProviderRow): ProviderSnapshot {
  return {
    id: row.id,
    ownerAccountId: row.owner_account_id,
    code: row.code,
    kind: row.kind,
    name: row.name,
    status: row.status,
    pauseReason: row.pause_reason,
    ratePerSecond: row.rate_per_second,
    maxBinds: row.max_binds,
    sendingWindow: row.sending_window,
    senderPolicy: row.sender_policy,
    passOnCodes: row.pass_on_codes,
    version: row.version,
    isFailing: row.is_failing,
  };
}
