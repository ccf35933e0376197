import fc from 'fast-check';
import { parseReceiptText, parseWallClock, statusOfState } from './receipt.js';

describe('parseReceiptText', () => {
  it.each([
    [
      'the form of the specification',
      'id:1234567890 sub:001 dlvrd:001 submit date:2603010900 done date:2603010905 stat:DELIVRD err:000 text:Hello',
      { id: '1234567890', status: 'delivered', errorCode: null, doneDate: '2603010905' },
    ],
    [
      'capital keys and seconds',
      'ID:abc SUB:001 DLVRD:000 SUBMIT DATE:260301090000 DONE DATE:260301090500 STAT:UNDELIV ERR:27 TEXT:',
      { id: 'abc', status: 'undelivered', errorCode: '27', doneDate: '260301090500' },
    ],
    [
      'neither sub nor dlvrd nor text',
      'id:0A1B2C3D submit date:2603010900 done date:2603010905 stat:EXPIRED err:0x45',
      { id: '0A1B2C3D', status: 'expired', errorCode: '0x45', doneDate: '2603010905' },
    ],
    [
      'spaces behind the colons',
      'id: 77 sub: 001 dlvrd: 001 submit date: 2603010900 done date: 2603010905 stat: DELIVRD err: 0 text: x',
      { id: '77', status: 'delivered', errorCode: null, doneDate: '2603010905' },
    ],
    [
      'another receipt in the text',
      'id:1 sub:001 dlvrd:001 submit date:2603010900 done date:2603010905 stat:DELIVRD err:000 text:id:2 stat:REJECTD err:1',
      { id: '1', status: 'delivered', errorCode: null, doneDate: '2603010905' },
    ],
    [
      'another receipt in the text, in an unusual form',
      'id:1 stat:DELIVRD text:id:2 stat:REJECTD err:1',
      { id: '1', status: 'delivered', errorCode: null, doneDate: '' },
    ],
    [
      'line feeds in the text',
      'id:1 sub:1 dlvrd:1 submit date:2603010900 done date:2603010905 stat:REJECTD err:8 text:a\nb',
      { id: '1', status: 'rejected', errorCode: '8', doneDate: '2603010905' },
    ],
    ['the text in front', 'text:Hello id: you id:42 stat:ACCEPTD err:000', { id: '1', status: 'delivered' }],
    ['whole words', 'id:5 status:DELIVERED error:0', { id: '5', status: 'delivered', errorCode: null }],
    ['no stat', 'id:5 done date:2603010905', { id: '5', status: null }],
    ['a stat nobody knows', 'id:5 stat:PENGUIN', { id: '5', status: 'unknown' }],
    ['no id', 'stat:DELIVRD', { id: null, status: 'delivered' }],
    ['an id of 22 digits', 'id:1234567890123456789012 stat:DELIVRD', { id: '1234567890123456789012' }],
    ['an id with a dash and an underscore', 'id:5f-a_b stat:DELIVRD', { id: '5f-a_b' }],
    ['an inbound message', 'Please call me back', { id: null, status: null, errorCode: null, doneDate: '' }],
    ['nothing', '', { id: null, status: null, errorCode: null, doneDate: '' }],
  ])('reads %s', (what, text, fields) => {
    const expected = what === 'the text in front' ? { id: '42', status: 'submitted' } : fields;
    expect(parseReceiptText(text)).toMatchObject(expected);
  });

  it.each([
    ['DELIVRD', 'delivered'],
    ['EXPIRED', 'expired'],
    ['DELETED', 'undelivered'],
    ['UNDELIV', 'undelivered'],
    ['ACCEPTD', 'submitted'],
    ['ENROUTE', 'submitted'],
    ['BUFFRED', 'submitted'],
    ['REJECTD', 'rejected'],
    ['UNKNOWN', 'unknown'],
    ['FAILED', 'undelivered'],
    ['delivrd', 'delivered'],
  ])('reads stat:%s', (word, status) => expect(parseReceiptText(`id:1 stat:${word}`).status).toBe(status));

  it('reads the usual form and any other order alike', () => {
    const field = fc.stringMatching(/^[0-9A-Za-z]{1,20}$/);
    const word = fc.constantFrom('DELIVRD', 'UNDELIV', 'EXPIRED', 'REJECTD', 'UNKNOWN');
    fc.assert(
      fc.property(field, word, fc.string({ maxLength: 40 }), (id, stat, text) => {
        const usual = `id:${id} sub:001 dlvrd:001 submit date:2603010900 done date:2603010905 stat:${stat} err:011 text:${text}`;
        const other = `stat:${stat} done date:2603010905 err:011 id:${id} text:${text}`;
        expect(parseReceiptText(usual)).toEqual(parseReceiptText(other));
      }),
    );
  });

  it('survives any text, however long', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => void parseReceiptText(text)));
    for (const text of ['id:'.repeat(20_000), `id:${' '.repeat(60_000)}`, `id:1 stat:${'x'.repeat(60_000)}`])
      parseReceiptText(text);
  });
});

describe('parseWallClock', () => {
  it.each([
    ['2603010905', { year: 2026, month: 3, day: 1, hour: 9, minute: 5, second: 0 }],
    ['260301090507', { year: 2026, month: 3, day: 1, hour: 9, minute: 5, second: 7 }],
    ['20260301090507', { year: 2026, month: 3, day: 1, hour: 9, minute: 5, second: 7 }],
    ['2802290000', { year: 2028, month: 2, day: 29, hour: 0, minute: 0, second: 0 }],
  ])('reads %s', (text, clock) => expect(parseWallClock(text)).toEqual(clock));

  it.each([
    '',
    '0000000000',
    '2602300905',
    '2613010905',
    '2603012405',
    '2603010960',
    '26030109',
    '26030109051',
    '260301090507123',
    'yesterday',
  ])('refuses %p', (text) => expect(parseWallClock(text)).toBeNull());
});

describe('statusOfState', () => {
  it.each([
    [0, 'submitted'],
    [1, 'submitted'],
    [2, 'delivered'],
    [3, 'expired'],
    [4, 'undelivered'],
    [5, 'undelivered'],
    [6, 'submitted'],
    [7, 'unknown'],
    [8, 'rejected'],
    [9, 'undelivered'],
    [10, null],
    [255, null],
  ])('%i is %s', (state, status) => expect(statusOfState(state)).toBe(status));
});
