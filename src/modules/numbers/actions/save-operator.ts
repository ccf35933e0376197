import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { type Actor, isForeignKeyViolation, isUniqueViolation, versionMismatch } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { AccountAudit, AccountsService } from '../../accounts/index.js';
import type { Operator } from '../domain/operator.js';
import type { CreateOperatorDto, UpdateOperatorDto } from '../dto/operator.dto.js';
import { networkIncomplete, operatorNotFound } from '../numbers.errors.js';
import { NumbersService } from '../numbers.service.js';
import { BookReader } from '../persistence/book-reader.js';
import { OperatorsRepository } from '../persistence/operators.repository.js';

/** Creates, renames and removes operators, and says which of a registry's names are theirs. Audited. */
@Injectable()
export class SaveOperator {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly audit: AccountAudit,
    private readonly operators: OperatorsRepository,
    private readonly reader: BookReader,
    private readonly numbers: NumbersService,
  ) {}

  /** Its own name is one of its names, unless somebody has it. Refuses a code that is taken: conflict. */
  async create({ names = [], mcc = null, mnc = null, ...rest }: CreateOperatorDto, actor: Actor): Promise<Operator> {
    const operator: Operator = { ...rest, mcc, mnc, version: 1 };
    expectNetwork(operator);
    try {
      return await this.change('operator.created', actor, async (tx, now) => {
        await this.operators.insert(tx, operator, now);
        for (const name of names) await this.operators.giveName(tx, operator, name, 'take');
        await this.operators.giveName(tx, operator, operator.name, 'yield');
        return { operator, details: { ...rest, mcc, mnc, names } };
      });
    } catch (error) {
      if (isUniqueViolation(error, 'operators_pk')) throw new DomainError('conflict', 'operator_code_taken');
      throw error;
    }
  }

  update(code: string, version: number, input: UpdateOperatorDto, actor: Actor): Promise<Operator> {
    return this.change('operator.changed', actor, async (tx, now) => {
      const before = await this.operators.lock(tx, code);
      if (!before) throw operatorNotFound();
      if (before.version !== version) throw versionMismatch();
      const { name = before.name, mcc = before.mcc, mnc = before.mnc } = input;
      expectNetwork({ mcc, mnc });
      return { operator: await this.operators.update(tx, { ...before, name, mcc, mnc }, now), details: { ...input } };
    });
  }

  /** From now on ranges under a registry's name are this operator's, those that are there and those to come. */
  giveName(code: string, name: string, actor: Actor): Promise<Operator> {
    return this.change('operator.named', actor, async (tx) => {
      const operator = await this.operators.lock(tx, code);
      if (!operator) throw operatorNotFound();
      const takenFrom = await this.operators.giveName(tx, operator, name, 'take');
      return { operator, details: { name, takenFrom } };
    });
  }

  /** Refuses one that a range, a ported number or a route names: conflict `operator_in_use`. */
  async remove(code: string, actor: Actor): Promise<void> {
    try {
      await this.change('operator.removed', actor, async (tx) => {
        const operator = await this.operators.lock(tx, code);
        if (!operator) throw operatorNotFound();
        await this.operators.delete(tx, code);
        return { operator, details: { name: operator.name } };
      });
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new DomainError('conflict', 'operator_in_use');
      throw error;
    }
  }

  private async change(
    action: string,
    actor: Actor,
    work: (tx: Tx, now: Date) => Promise<{ operator: Operator; details: Record<string, unknown> }>,
  ): Promise<Operator> {
    const accountId = await this.accounts.platformAccountId();
    const changed = await this.database.transaction(async (tx) => {
      const { operator, details } = await work(tx, this.clock.now());
      await this.audit.record(tx, { accountId, actor, action, subject: `operator:${operator.code}`, details });
      await this.reader.nextVersion(tx);
      return operator;
    });
    await this.numbers.refresh();
    return changed;
  }
}

function expectNetwork({ mcc, mnc }: Pick<Operator, 'mcc' | 'mnc'>): void {
  if ((mcc === null) !== (mnc === null)) throw networkIncomplete();
}
