import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import type { Actor } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { AccountAudit } from '../accounts/index.js';
import { eventIdOf, TEST_EVENT, toBody } from './domain/events.js';
import type { ListWebhookDeliveriesQuery } from './dto/webhook-delivery.dto.js';
import {
  type DeliveryRow,
  FIND_DELIVERY,
  LIST_DELIVERIES,
  REDELIVER,
  WRITE_DELIVERIES,
  WRITE_EVENTS,
} from './persistence/sql/deliveries.js';
import { WebhookEndpoints } from './webhook-endpoints.js';
import { deliveryNotFound, endpointDisabled } from './webhooks.errors.js';

export type DeliveryWithBody = DeliveryRow & { body: string };

/** What an endpoint was told, and what is done about it by hand. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly endpoints: WebhookEndpoints,
    private readonly audit: AccountAudit,
  ) {}

  /** Newest first. */
  async list<T>(
    accountId: string,
    endpointId: string,
    { cursor, limit, state }: ListWebhookDeliveriesQuery,
    view: (row: DeliveryRow) => T,
  ): Promise<Page<T>> {
    await this.endpoints.get(accountId, endpointId);
    const values = [accountId, endpointId, decodeIdCursor(cursor), state ?? null, limit + 1];
    const rows = await this.database.query<DeliveryRow>(LIST_DELIVERIES, values);
    return toPage(rows, limit, ({ event_id: id }) => [id], view);
  }

  /** Refuses what is not the account's, or was too long ago: not_found `webhook_delivery_not_found`. */
  async get(accountId: string, endpointId: string, eventId: string): Promise<DeliveryWithBody> {
    const [row] = await this.database.query<DeliveryWithBody>(FIND_DELIVERY, [accountId, endpointId, eventId]);
    if (!row) throw deliveryNotFound();
    return row;
  }

  /** Once more, at once and with all tries before it; under way already: as it is. Refuses a disabled endpoint. */
  async redeliver(accountId: string, actor: Actor, endpointId: string, eventId: string): Promise<DeliveryRow> {
    await this.get(accountId, endpointId, eventId);
    await this.assertEnabled(accountId, endpointId);
    await this.database.transaction(async (tx) => {
      await tx.query(REDELIVER, [accountId, endpointId, eventId, this.clock.now()]);
      const subject = `webhook_endpoint:${endpointId}`;
      await this.audit.record(tx, { accountId, actor, action: 'webhook.redelivered', subject, details: { eventId } });
    });
    return this.get(accountId, endpointId, eventId);
  }

  /** An event that says nothing, to one endpoint, whatever it subscribed to. Refuses a disabled endpoint. */
  async sendTest(accountId: string, endpointId: string): Promise<DeliveryRow> {
    await this.assertEnabled(accountId, endpointId);
    const now = this.clock.now();
    const id = eventIdOf(TEST_EVENT, newId(now));
    const body = toBody({ id, type: TEST_EVENT, accountId, timestamp: now, data: { endpointId } });
    await this.database.transaction(async (tx) => {
      await tx.query(WRITE_EVENTS, [[accountId], [id], [TEST_EVENT], [body], now]);
      await tx.query(WRITE_DELIVERIES, [[accountId], [endpointId], [id], now]);
    });
    return this.get(accountId, endpointId, id);
  }

  private async assertEnabled(accountId: string, endpointId: string): Promise<void> {
    const { enabled } = await this.endpoints.get(accountId, endpointId);
    if (!enabled) throw endpointDisabled();
  }
}
