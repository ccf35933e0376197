import { matchReport, type PartCandidate } from './report-match.js';

const NUMBERS: Record<string, { recipient: string; settled: boolean }> = {
  one: { recipient: '79161234567', settled: false },
  two: { recipient: '79161234568', settled: false },
  'two again': { recipient: '79161234568', settled: false },
  'one, done': { recipient: '79161234567', settled: true },
};
const candidate = (attemptId: string, partNo = 1): PartCandidate => ({
  accountId: 'account',
  messageId: attemptId,
  attemptId,
  partNo,
});
const match = (report: { to?: string; from?: string; partNo?: number }, ...attempts: string[]) => {
  const found = matchReport(
    report,
    attempts.map((attempt) => candidate(attempt)),
    ({ attemptId }) => NUMBERS[attemptId]!,
  );
  return found.kind === 'parts' ? found.attemptId : found.kind;
};

describe('matchReport', () => {
  it.each([
    ['the only one, to its number', { to: '79161234567' }, ['one'], 'one'],
    ['the only one, with a plus', { to: '+7 916 123-45-67' }, ['one'], 'one'],
    ['the only one, with a national prefix', { to: '89161234567' }, ['one'], 'one'],
    [
      'the only one, where both addresses are as they were sent',
      { to: '12345678', from: '79161234567' },
      ['one'],
      'one',
    ],
    ['the only one, where the report names nobody', {}, ['one'], 'one'],
    ['the only one, where the report names a sender', { to: 'Kabinet' }, ['one'], 'one'],
    ['none, where the only one is to another number', { to: '79161234568' }, ['one'], 'none'],
    ['none, where all are to other numbers', { to: '79161234569' }, ['one', 'two'], 'none'],
    ['the one to its number', { to: '79161234568' }, ['one', 'two'], 'two'],
    ['the one that waits for a report', { to: '79161234567' }, ['one', 'one, done', 'two'], 'one'],
    ['nobody, where two to its number wait', { to: '79161234568' }, ['one', 'two', 'two again'], 'ambiguous'],
    ['nobody, where it names nobody and there are several', {}, ['one', 'two'], 'ambiguous'],
    ['none, where there is none', { to: '79161234567' }, [], 'none'],
  ])('is about %s', (_name, report, attempts, expected) => {
    expect(match(report, ...attempts)).toBe(expected);
  });
});
