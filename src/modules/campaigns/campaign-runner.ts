import { Injectable, Logger } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { MessagesService } from '../messages/index.js';
import { LedgerService } from '../wallets/index.js';
import {
  type CampaignRow,
  lockNextRunning,
  markHandedOver,
  moveCampaign,
  readyRecipients,
} from './persistence/campaigns.repository.js';

const BATCH = 1_000;
const IDLE_MS = 500;
/** Messages of a campaign are worth sending this long after they may leave. */
const VALIDITY_SECONDS = 3 * 86_400;

/**
 * Hands running campaigns over to messages, a batch a transaction: the batch is accepted and noted together, so that a crash
 * neither loses nor doubles a recipient. Any number of processes may run it; a campaign belongs to whoever holds its row.
 */
@Injectable()
export class CampaignRunner {
  private readonly logger = new Logger('campaigns');
  private stopping = false;
  private running: Promise<void> | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly messages: MessagesService,
    private readonly ledger: LedgerService,
  ) {}

  /** Begins to work; returns at once. */
  start(): void {
    this.running ??= this.loop();
  }

  /** Finishes the batch in hand. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
  }

  /** One batch of one campaign; false when no campaign has work. */
  runOnce(): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const campaign = await lockNextRunning(tx);
      if (!campaign) return false;
      const recipients = await readyRecipients(tx, campaign.account_id, campaign.id, BATCH);
      if (recipients.length === 0) await this.finish(tx, campaign);
      else await this.handOver(tx, campaign, recipients);
      return true;
    });
  }

  private async loop(): Promise<void> {
    while (!this.stopping) {
      try {
        if (await this.runOnce()) continue;
      } catch (error) {
        this.logger.error({ err: error, msg: 'a batch could not be handed over; trying again' });
      }
      if (!this.stopping) await this.rest();
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, IDLE_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async handOver(
    tx: Tx,
    campaign: CampaignRow,
    recipients: Awaited<ReturnType<typeof readyRecipients>>,
  ): Promise<void> {
    const { account_id: accountId, id } = campaign;
    const { items } = await this.messages.acceptIn(tx, {
      accountId,
      source: 'campaign',
      lane: 'bulk',
      groupId: campaign.group_id!,
      reservationId: campaign.reservation_id!,
      dueAt: campaign.start_at ?? undefined,
      validitySeconds: VALIDITY_SECONDS,
      onInsufficientFunds: 'partial',
      items: recipients.map((recipient) => ({
        to: `+${recipient.digits}`,
        sender: campaign.sender ?? undefined,
        consent: 'given',
        prepared: { body: recipient.body!, encoding: recipient.encoding!, parts: recipient.parts! },
        priceMicros: recipient.price_micros!,
      })),
    });
    await markHandedOver(
      tx,
      accountId,
      id,
      items.map((item) => ({
        rowNo: recipients[item.index]!.row_no,
        messageId: item.id,
        reason: item.status === 'blocked' ? (item.code ?? 'refused') : null,
      })),
    );
    await tx.query(`UPDATE campaigns SET updated_at = $3 WHERE account_id = $1 AND id = $2`, [
      accountId,
      id,
      this.clock.now(),
    ]);
  }

  /** Everything was handed over: what was skipped meanwhile goes back to the wallet, and the group takes nothing more. */
  private async finish(tx: Tx, campaign: CampaignRow): Promise<void> {
    const { account_id: accountId, id } = campaign;
    const now = this.clock.now();
    await moveCampaign(tx, accountId, id, ['running'], 'sent', now);
    await this.ledger.unreserve(tx, { accountId, reservationId: campaign.reservation_id! }, now);
    await this.messages.setGroupState(tx, accountId, campaign.group_id!, 'closed');
  }
}
