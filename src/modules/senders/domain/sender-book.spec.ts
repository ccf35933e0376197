import { ANY_COUNTRY, SenderBook } from './sender-book.js';

const ACCOUNT = 'account';
const approved = new Map([
  [
    ACCOUNT,
    new Map([
      ['Clinic', new Set(['RU', 'PL'])],
      ['Everywhere', new Set([ANY_COUNTRY])],
    ]),
  ],
]);
const fixed = new Map([
  ['missed_call', null],
  ['alert', 'Alarm'],
]);
const book = new SenderBook('Kabinet', fixed, approved);

describe('the book of senders', () => {
  it.each([
    ['Kabinet', 'RU', true],
    ['Kabinet', null, true],
    ['Clinic', 'RU', true],
    ['Clinic', 'PL', true],
    ['Clinic', 'GR', false],
    ['Clinic', null, false],
    ['clinic', 'RU', false],
    ['Everywhere', 'GR', true],
    ['Everywhere', null, true],
    ['Bank', 'RU', false],
  ])('%s to a number of %s: %s', (sender, country, allowed) => {
    expect(book.rules(ACCOUNT, 'api').allows(sender, country)).toBe(allowed);
  });

  it('gives nobody what was approved for somebody else', () => {
    expect(book.rules('other', 'api').allows('Everywhere', 'RU')).toBe(false);
    expect(book.rules('other', 'api').allows('Kabinet', 'RU')).toBe(true);
  });

  it('knows one sender only for what the platform fixed: its standard one, unless it named another', () => {
    expect(book.rules(ACCOUNT, 'missed_call').fixed).toBe('Kabinet');
    expect(book.rules(ACCOUNT, 'missed_call').allows('Everywhere', 'RU')).toBe(false);
    expect(book.rules(ACCOUNT, 'alert').fixed).toBe('Alarm');
    expect(book.rules(ACCOUNT, 'alert').allows('Kabinet', 'RU')).toBe(false);
    expect(book.rules(ACCOUNT, 'api').fixed).toBeNull();
  });

  it.each([
    ['api', 'Clinic', null],
    ['api', 'Kabinet', null],
    ['campaign', 'Bank', 'sender_not_allowed'],
    ['missed_call', 'Clinic', 'sender_fixed'],
    ['missed_call', 'Kabinet', null],
  ] as const)('says of %s as %s before there is a recipient: %s', (source, sender, refusal) => {
    expect(book.refusalOf(ACCOUNT, source, sender)).toBe(refusal);
  });
});
