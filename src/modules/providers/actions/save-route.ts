import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { type Actor, isUniqueViolation, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import { NumbersService } from '../../numbers/index.js';
import type { CreateRouteDto, UpdateRouteDto } from '../dto/route.dto.js';
import { type RouteRow, RoutesRepository } from '../persistence/routes.repository.js';
import { ProvidersService } from '../providers.service.js';

/** Creates, changes and removes routes; every process follows within seconds. Audited. */
@Injectable()
export class SaveRoute {
  constructor(
    private readonly database: Database,
    private readonly repository: RoutesRepository,
    private readonly providers: ProvidersService,
    private readonly numbers: NumbersService,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly clock: Clock,
  ) {}

  /** Refuses an unknown provider (not_found), an unknown operator (invalid) and a line that is there already: conflict `route_exists`. */
  async create(input: CreateRouteDto, actor: Actor): Promise<RouteRow> {
    await this.providers.get(input.providerId);
    const operatorCode = input.operatorCode ?? null;
    if (operatorCode !== null) await this.numbers.expectOperator(operatorCode);
    const now = this.clock.now();
    const row: RouteRow = {
      id: newId(now),
      prefix: input.prefix,
      operator_code: operatorCode,
      lane: input.lane ?? null,
      tier: input.tier ?? 1,
      weight: input.weight ?? 1,
      provider_id: input.providerId,
      enabled: input.enabled ?? true,
      version: 1,
      created_at: now,
    };
    return this.write('route.created', actor, async (tx) => {
      await this.repository.insert(tx, row);
      return row;
    });
  }

  update(id: string, version: number, input: UpdateRouteDto, actor: Actor): Promise<RouteRow> {
    return this.write('route.changed', actor, async (tx) => {
      const before = await this.repository.lock(tx, id);
      if (!before) throw new DomainError('not_found', 'route_not_found');
      if (before.version !== version) throw versionMismatch();
      const { tier = before.tier, weight = before.weight, enabled = before.enabled } = input;
      return this.repository.update(tx, { ...before, tier, weight, enabled }, this.clock.now());
    });
  }

  remove(id: string, actor: Actor): Promise<RouteRow> {
    return this.write('route.removed', actor, async (tx) => {
      const row = await this.repository.delete(tx, id);
      if (!row) throw new DomainError('not_found', 'route_not_found');
      return row;
    });
  }

  private async write(action: string, actor: Actor, work: (tx: Tx) => Promise<RouteRow>): Promise<RouteRow> {
    const accountId = await this.accounts.platformAccountId();
    try {
      const row = await this.database.transaction(async (tx) => {
        const written = await work(tx);
        const {
          id,
          prefix,
          operator_code: operatorCode,
          lane,
          tier,
          weight,
          enabled,
          provider_id: providerId,
        } = written;
        const details = { prefix, operatorCode, lane, tier, weight, enabled, providerId };
        await this.audit.record(tx, { accountId, actor, action, subject: `route:${id}`, details });
        return written;
      });
      this.providers.invalidate();
      return row;
    } catch (error) {
      if (isUniqueViolation(error, 'routes_unique')) throw new DomainError('conflict', 'route_exists');
      throw error;
    }
  }
}
