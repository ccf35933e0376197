import { Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { UnreadableSealError } from '../../config/sealing.js';
import { Database, type Tx } from '../../database/database.js';
import { writeOutbox } from '../../database/outbox.js';
import { decodeIdCursor, type Page, toPage } from '../../database/page.js';
import { type Actor, type PageQuery, versionMismatch } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { newId, NIL_ID } from '../../kernel/ids.js';
import { isPublicAddress } from '../../outbound/addresses.js';
import { AccountAudit } from '../accounts/index.js';
import { mayDeliverTo } from './domain/endpoint-url.js';
import { newSecret } from './domain/signature.js';
import type { CreateWebhookEndpointDto, UpdateWebhookEndpointDto } from './dto/webhook-endpoint.dto.js';
import { HURRY_PENDING } from './persistence/sql/deliveries.js';
import {
  COUNT_ENDPOINTS,
  DELETE_ENDPOINT,
  type EndpointRow,
  FIND_ENDPOINT,
  INSERT_ENDPOINT,
  LIST_ENDPOINTS,
  SET_SECRETS,
  UPDATE_ENDPOINT,
} from './persistence/sql/endpoints.js';
import { endpointNotFound, tooManyEndpoints, urlRefused } from './webhooks.errors.js';
import { WebhookSecrets } from './webhook-secrets.js';

const MOST_OF_AN_ACCOUNT = 10;
const HOUR_MS = 3_600_000;
const OVERLAP_HOURS = 24;

/** An endpoint with its secret, which is told when it is made and never again. */
export interface FreshSecret {
  row: EndpointRow;
  secret: string;
}

/** Where accounts want to be told of what happens. Changes are audited, with the host of the address: the rest may hold a token. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly env: Env,
    private readonly secrets: WebhookSecrets,
    private readonly audit: AccountAudit,
  ) {}

  async list<T>(accountId: string, { cursor, limit }: PageQuery, view: (row: EndpointRow) => T): Promise<Page<T>> {
    const values = [accountId, decodeIdCursor(cursor) ?? NIL_ID, limit + 1];
    const rows = await this.database.query<EndpointRow>(LIST_ENDPOINTS, values);
    return toPage(rows, limit, ({ id }) => [id], view);
  }

  /** Refuses what is not the account's: not_found `webhook_endpoint_not_found`. */
  async get(accountId: string, id: string): Promise<EndpointRow> {
    const [row] = await this.database.query<EndpointRow>(FIND_ENDPOINT, [accountId, id]);
    if (!row) throw endpointNotFound();
    return row;
  }

  /** Refuses an address that is not on the public internet, and one endpoint too many: conflict `too_many_webhook_endpoints`. */
  async create(accountId: string, actor: Actor, input: CreateWebhookEndpointDto): Promise<FreshSecret> {
    this.assertUrl(input.url);
    const now = this.clock.now();
    const [id, secret] = [newId(now), newSecret()];
    const { url, events, description = null, enabled = true } = input;
    const row = await this.database.transaction(async (tx) => {
      const [counted] = await tx.query<{ count: number }>(COUNT_ENDPOINTS, [accountId]);
      if (counted!.count >= MOST_OF_AN_ACCOUNT) throw tooManyEndpoints(MOST_OF_AN_ACCOUNT);
      const sealed = JSON.stringify(this.secrets.seal(id, { current: secret, previous: null }));
      const values = [accountId, id, url, description, events, enabled, sealed, now];
      const [written] = await tx.query<EndpointRow>(INSERT_ENDPOINT, values);
      await this.record(tx, actor, 'created', written!, { events, enabled });
      return written!;
    });
    return { row, secret };
  }

  /** Changes the endpoint whose version the caller read. What waits for one that is switched on is tried at once. */
  async update(
    accountId: string,
    actor: Actor,
    id: string,
    version: number,
    change: UpdateWebhookEndpointDto,
  ): Promise<EndpointRow> {
    const before = await this.get(accountId, id);
    if (change.url !== undefined) this.assertUrl(change.url);
    const { url = before.url, events = before.events, enabled = before.enabled } = change;
    const description = change.description === undefined ? before.description : change.description;
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const values = [accountId, id, version, url, description, events, enabled, now];
      const [row] = await tx.query<EndpointRow>(UPDATE_ENDPOINT, values);
      if (!row) throw versionMismatch();
      if (enabled && !before.enabled) {
        await tx.query(HURRY_PENDING, [accountId, id, now]);
        await this.tellAlerts(tx, row, now);
      }
      await this.record(tx, actor, 'changed', row, { changed: Object.keys(change).sort(), enabled });
      return row;
    });
  }

  /** The new secret signs from now on; the old one signs as well for so many hours, so that receivers can change at leisure. */
  async rotateSecret(accountId: string, actor: Actor, id: string, overlapHours = OVERLAP_HOURS): Promise<FreshSecret> {
    const { secrets } = await this.get(accountId, id);
    const now = this.clock.now();
    const secret = newSecret();
    const previous = overlapHours > 0 ? this.currentOf(id, secrets) : null;
    const until = previous === null ? null : new Date(now.getTime() + overlapHours * HOUR_MS);
    const row = await this.database.transaction(async (tx) => {
      const sealed = JSON.stringify(this.secrets.seal(id, { current: secret, previous }));
      const [changed] = await tx.query<EndpointRow>(SET_SECRETS, [accountId, id, sealed, until, now]);
      if (!changed) throw endpointNotFound();
      await this.record(tx, actor, 'secret_rotated', changed, { overlapHours });
      return changed;
    });
    return { row, secret };
  }

  /** With all that was delivered to it. */
  async remove(accountId: string, actor: Actor, id: string): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      const [row] = await tx.query<EndpointRow>(DELETE_ENDPOINT, [accountId, id]);
      if (!row) throw endpointNotFound();
      await this.tellAlerts(tx, row, now);
      await this.record(tx, actor, 'deleted', row);
    });
  }

  private assertUrl(url: string): void {
    if (!mayDeliverTo(url, isPublicAddress, this.env.ALLOW_PRIVATE_ADDRESSES)) throw urlRefused();
  }

  /** Null when it cannot be read any more: then nothing could be signed with it either. */
  private currentOf(id: string, sealed: EndpointRow['secrets']): string | null {
    try {
      return this.secrets.open(id, sealed).current;
    } catch (error) {
      if (error instanceof UnreadableSealError) return null;
      throw error;
    }
  }

  /** Whatever was to be said of it is over. */
  private async tellAlerts(tx: Tx, { account_id: accountId, id }: EndpointRow, now: Date): Promise<void> {
    await writeOutbox(tx, [{ accountId, topic: 'webhooks.enabled', payload: { endpointId: id } }], now);
  }

  private async record(
    tx: Tx,
    actor: Actor,
    verb: string,
    { account_id: accountId, id, url }: EndpointRow,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor,
      action: `webhook_endpoint.${verb}`,
      subject: `webhook_endpoint:${id}`,
      details: { host: new URL(url).host, ...details },
    });
  }
}
