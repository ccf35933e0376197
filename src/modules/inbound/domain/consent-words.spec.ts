import { CONSENT_WORDS, consentWish } from './consent-words.js';

describe('what a message of one word asks for', () => {
  it.each(Object.entries(CONSENT_WORDS))('is understood in %s, in any case', (_language, { stop, start }) => {
    for (const word of stop) for (const text of [word, word.toLowerCase()]) expect(consentWish(text)).toBe('stop');
    for (const word of start) for (const text of [word, word.toLowerCase()]) expect(consentWish(text)).toBe('start');
  });

  it.each([
    ['with punctuation around it', ' «Stop!!!» \r\n'],
    ['with accents', 'στόπ'],
    ['without them', 'rezygnuje'],
    ['decomposed', 'WZNÓW'.normalize('NFD')],
    ['with a final sigma', 'τέλος.'],
    ['in the capitals that GSM-7 has for Greek', 'ΣTOΠ'],
    ['in Cyrillic letters and Latin ones that look like them', 'CTOП'],
    ['in full width', 'ＳＴＯＰ'],
    ['with blanks between its words', 'stop \n  all'],
  ])('is understood %s', (_how, text) => expect(consentWish(text)).not.toBeNull());

  it.each([
    ['a sentence', 'Please stop by at 10'],
    ['a word within another', 'nonstop'],
    ['a letter', `stop ${'x'.repeat(200)}`],
    ['the answer to a reminder', 'CANCEL'],
    ['another one', 'да'],
    ['digits', '1'],
    ['nothing', ''],
    ['punctuation alone', '?!'],
  ])('is nothing in %s', (_what, text) => expect(consentWish(text)).toBeNull());

  it('is one thing, whatever the language', () => {
    const words = Object.values(CONSENT_WORDS);
    for (const text of words.flatMap(({ stop }) => stop)) expect(consentWish(text)).toBe('stop');
    for (const text of words.flatMap(({ start }) => start)) expect(consentWish(text)).toBe('start');
  });
});
