import type { WaitReason } from './match-transfer.js';
import { isSameAccount } from './same-account.js';

interface Line {
  direction: 'in' | 'out';
  reversal: boolean;
  remark: 'not_booked' | 'batch_not_split' | null;
  party_account: string | null;
}

export type IgnoreReason = 'not_booked' | 'own_transfer' | 'outgoing';

/** Why a line has nothing to do with customers; null: it may have. */
export function reasonToIgnore(
  { direction, reversal, remark, party_account }: Line,
  ourAccounts: readonly string[],
): IgnoreReason | null {
  if (remark === 'not_booked') return 'not_booked';
  if (party_account && ourAccounts.some((ours) => isSameAccount(ours, party_account))) return 'own_transfer';
  return direction === 'out' && !reversal ? 'outgoing' : null;
}

/** Why somebody has to look at a line whatever it names; null: it is a payment like any other. */
export function reasonToWait({ direction, reversal, remark }: Line): WaitReason | null {
  if (reversal) return direction === 'out' ? 'reversal' : 'outgoing_returned';
  return remark === 'batch_not_split' ? 'batch_not_split' : null;
}
