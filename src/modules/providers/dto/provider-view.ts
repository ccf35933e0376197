import type { BindDto, LinkDto, ProviderDto, ProviderLinksDto } from './provider.dto.js';
import type { BindRow, FullProviderRow, LinkRow } from '../persistence/providers.repository.js';

/** What ops sees of a provider. `credentialNames` are names only. */
export function viewProvider(
  row: FullProviderRow,
  binds: readonly BindRow[],
  credentialNames: readonly string[],
): ProviderDto {
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
    reportGraceHours: row.report_grace_hours,
    failoverSeconds: row.failover_seconds,
    passOnCodes: row.pass_on_codes,
    isFailing: row.is_failing,
    sendingWindow: row.sending_window,
    senderPolicy: row.sender_policy,
    settings: row.settings,
    credentials: [...credentialNames],
    takesCallbacks: row.callback_token_hash !== null,
    binds: binds.filter((bind) => bind.provider_id === row.id).map(viewBind),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** The links of a provider, one for each bind that it allows. */
export function viewLinks(row: FullProviderRow, links: readonly LinkRow[]): ProviderLinksDto {
  return {
    status: row.status,
    pauseReason: row.pause_reason,
    ratePerSecond: row.rate_per_second,
    data: links.map(viewLink),
  };
}

function viewLink(link: LinkRow): LinkDto {
  return {
    ...viewBind(link),
    lastErrorAt: link.last_error_at?.toISOString() ?? null,
    worker: link.worker,
    leaseUntil: link.lease_until?.toISOString() ?? null,
    fence: link.fence.toString(),
    inFlight: link.in_flight,
    window: link.window_size,
    retryAt: link.retry_at?.toISOString() ?? null,
  };
}

function viewBind(bind: BindRow): BindDto {
  return {
    bindNo: bind.bind_no,
    state: bind.state,
    since: bind.state_at.toISOString(),
    lastError: bind.last_error,
    held: bind.held,
  };
}
