import type { ProviderDto } from './provider.dto.js';
import type { BindRow, FullProviderRow } from '../persistence/providers.repository.js';

/** What ops sees of a provider. `credentialNames` are names only. */
export function viewProvider(
  row: FullProviderRow,
  binds: readonly BindRow[],
  credentialNames: readonly string[],
): ProviderDto {
  return {
    id: row.id,
    code: row.code,
    kind: row.kind,
    name: row.name,
    status: row.status,
    pauseReason: row.pause_reason,
    ratePerSecond: row.rate_per_second,
    maxBinds: row.max_binds,
    sendingWindow: row.sending_window,
    senderPolicy: row.sender_policy,
    settings: row.settings,
    credentials: [...credentialNames],
    takesCallbacks: row.callback_token_hash !== null,
    binds: binds
      .filter((bind) => bind.provider_id === row.id)
      .map((bind) => ({
        bindNo: bind.bind_no,
        state: bind.state,
        since: bind.state_at.toISOString(),
        lastError: bind.last_error,
        held: bind.held,
      })),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
