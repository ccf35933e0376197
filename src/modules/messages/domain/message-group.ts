import type { WeeklyWindow } from '../../../kernel/time-window.js';

/** What belongs together: a campaign, a reminder run, an upload. Dispatch reads its state and knows no producers. */
export interface MessageGroup {
  id: string;
  accountId: string;
  kind: string;
  label: string;
  state: GroupState;
  reservationId: string | null;
  window: WeeklyWindow | null;
}

/** `paused`: nothing of it is claimed. `closed`: accepts nothing more. `cancelled`: also what waits is cancelled. */
export type GroupState = 'open' | 'paused' | 'closed' | 'cancelled';

export interface CreateGroup {
  accountId: string;
  kind: string;
  label: string;
  reservationId?: string;
  window?: WeeklyWindow;
}
