import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { newId } from '../../../kernel/ids.js';
import { type Msisdn, parseMsisdn } from '../../../kernel/msisdn.js';
import { parseInstant } from '../../../kernel/zoned-time.js';
import { AccountsService } from '../../accounts/index.js';
import { MessagesService } from '../../messages/index.js';
import { ApologyRights } from '../apology-rights.js';
import { APOLOGY_WINDOW, reasonToSkip, type SkipReason } from '../domain/apology.js';
import { type CallEvent, type CallMapping, readCallEvent } from '../domain/call-event.js';
import { fieldMissing } from '../missed-calls.errors.js';
import { type CallRow, claimCall, decideCall } from '../persistence/calls.js';
import { findRuleOfNumber, type RuleRow } from '../persistence/rules.js';
import { RulesService } from '../rules.service.js';

export interface CallReceipt {
  result: CallRow['result'] | 'duplicate';
  reason: string | null;
}

interface Decision {
  ruleId: string | null;
  result: CallRow['result'];
  reason: string | null;
  messageId: string | null;
}

/**
 * Answers one call event: decides whether it earns an apology and queues it, in the transaction that records the event. The
 * same event again changes nothing; an event that cannot be read is refused and leaves no row.
 */
@Injectable()
export class AnswerCallAction {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: AccountsService,
    private readonly rules: RulesService,
    private readonly messages: MessagesService,
    private readonly rights: ApologyRights,
  ) {}

  async run(accountId: string, payload: unknown, mapping: CallMapping): Promise<CallReceipt> {
    const event = readCallEvent(payload, mapping);
    if ('missing' in event) throw fieldMissing(event.missing, event.path);
    const { country } = await this.accounts.get(accountId);
    const virtual = parseMsisdn(event.virtualNumber, country);
    if (!virtual.ok) throw invalidNumber(mapping.virtualNumber);
    const caller = event.caller === null ? null : parseMsisdn(event.caller, country);
    const known = caller?.ok ? caller : null;
    const skip = reasonToSkip(event, known) ?? (await this.rights.lacking(accountId));
    return this.database.transaction(async (tx) => {
      const call = this.toRow(event, known, virtual);
      if (!(await claimCall(tx, accountId, call))) return { result: 'duplicate', reason: null };
      const decision = skip ? skipped(skip) : await this.decide(tx, accountId, known!, virtual.digits);
      await decideCall(tx, accountId, call.id, decision);
      return { result: decision.result, reason: decision.reason };
    });
  }

  private async decide(tx: Tx, accountId: string, caller: Msisdn, virtualDigits: string): Promise<Decision> {
    const rule = await findRuleOfNumber(tx, accountId, virtualDigits);
    return rule ? this.apologise(tx, accountId, rule, caller) : skipped('no_rule');
  }

  private async apologise(tx: Tx, accountId: string, rule: RuleRow, caller: Msisdn): Promise<Decision> {
    const { items } = await this.messages.acceptIn(tx, {
      accountId,
      source: 'missed_call',
      lane: 'transactional',
      items: [{ to: `+${caller.digits}`, text: rule.text, consent: 'not_required' }],
      onInsufficientFunds: 'partial',
      window: APOLOGY_WINDOW,
      windowAction: rule.late_action,
    });
    const [item] = items;
    const blocked = item!.status === 'blocked';
    return {
      ruleId: rule.id,
      result: blocked ? 'blocked' : 'apology',
      reason: blocked ? (item!.code ?? 'refused') : null,
      messageId: item!.id,
    };
  }

  private toRow(event: CallEvent, caller: Msisdn | null, virtual: Msisdn) {
    const now = this.clock.now();
    return {
      id: newId(now),
      event_id: event.eventId,
      direction: event.direction,
      outcome: event.outcome,
      caller: caller?.digits ?? null,
      virtual_number: virtual.digits,
      called_at: readAt(event.at),
      received_at: now,
    };
  }
}

const skipped = (reason: SkipReason): Decision => ({ ruleId: null, result: 'skipped', reason, messageId: null });

/** Telephony writes times as it likes: one that has no offset is not trusted, and not needed. */
function readAt(at: string | null): Date | null {
  if (at === null) return null;
  try {
    return parseInstant(at);
  } catch {
    return null;
  }
}

function invalidNumber(path: string): DomainError {
  return new DomainError('invalid', 'validation_failed', {
    errors: [{ pointer: `/${path.replaceAll('.', '/')}`, code: 'invalid_number' }],
  });
}
