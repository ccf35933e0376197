import { newId } from '../../../kernel/ids.js';
import { type HistoryFacts, historyOf } from './message-history.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 2, 12, 0, seconds));
const idAt = (seconds: number) => newId(at(seconds));
const message: HistoryFacts['message'] = {
  state: 'queued',
  reason: null,
  charge_state: 'held',
  created_at: at(0),
  state_at: at(0),
  hold_entry_id: idAt(0),
  settle_entry_id: null,
  refund_entry_id: null,
};
const none = { attempts: [], reports: [], decisions: [] };
const told = (facts: HistoryFacts) =>
  historyOf(facts).map(({ at: when, kind, state, attempt, part, code }) =>
    [`${when.getUTCSeconds()}s`, kind, state, attempt, part, code].filter((fact) => fact !== null).join(' '),
  );

describe('the history of a message', () => {
  it('begins when it was accepted and held, or refused for a reason', () => {
    expect(told({ ...none, message })).toEqual(['0s accepted accepted', '0s price held']);
    const blocked = {
      ...message,
      state: 'blocked',
      charge_state: 'none',
      reason: 'no_route',
      hold_entry_id: null,
    } as const;
    expect(told({ ...none, message: blocked })).toEqual(['0s accepted blocked no_route']);
  });

  it('tells when an attempt was first begun, begun again, and ended', () => {
    const id = idAt(2);
    const attempt = { id, attempt_no: 1, state: 'submitted', error_code: null, started_at: at(5), finished_at: at(6) };
    const report = { attempt_id: id, part_no: 1, status: 'undelivered', error_code: '011', received_at: at(8) };
    const refunded = { state: 'undelivered', charge_state: 'refunded', state_at: at(9) } as const;
    const entries = { settle_entry_id: idAt(6), refund_entry_id: idAt(9) };
    expect(
      told({ ...none, message: { ...message, ...refunded, ...entries }, attempts: [attempt], reports: [report] }),
    ).toEqual([
      '0s accepted accepted',
      '0s price held',
      '2s attempt submitting 1',
      '5s attempt submitting 1',
      '6s attempt submitted 1',
      '6s price captured',
      '8s report undelivered 1 1 011',
      '9s state undelivered',
      '9s price refunded',
    ]);
  });

  it('tells who let it go', () => {
    const given = { state: 'expired', reason: 'outcome_unknown', charge_state: 'released', state_at: at(9) } as const;
    const attempt = {
      id: idAt(1),
      attempt_no: 1,
      state: 'unknown',
      error_code: 'timeout',
      started_at: at(1),
      finished_at: at(4),
    };
    expect(
      told({
        ...none,
        message: { ...message, ...given, settle_entry_id: idAt(9) },
        attempts: [attempt],
        decisions: [{ at: at(8), action: 'message.given_up' }],
      }),
    ).toEqual([
      '0s accepted accepted',
      '0s price held',
      '1s attempt submitting 1',
      '4s attempt unknown 1 timeout',
      '8s decision given_up',
      '9s state expired outcome_unknown',
      '9s price released',
    ]);
  });
});
