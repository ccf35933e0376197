import { readSender } from './sender.js';

describe('a sender', () => {
  it.each([
    ['Clinic1', 'name', 'Clinic1'],
    ['A', 'name', 'A'],
    ['Dr. O_B & C-d', null, null],
    ['Dr.O_B&C-d', 'name', 'Dr.O_B&C-d'],
    ['ElevenChars', 'name', 'ElevenChars'],
    ['TwelveChars!', null, null],
    ['TwelveCharsX', null, null],
    ['7', null, null],
    ['12', null, null],
    ['123', 'short_code', '123'],
    ['12345678', 'short_code', '12345678'],
    ['+79161234567', 'number', '79161234567'],
    ['48600100200', 'number', '48600100200'],
    ['999999999999', null, null],
    ['+12345', null, null],
    ['1 2 3', null, null],
    ['---', null, null],
    ['Клиника', null, null],
    ['Łódź', null, null],
    ['a€', null, null],
    ['a@b', null, null],
    ['<b>', null, null],
    [' a', null, null],
    ['a\n', null, null],
    ['', null, null],
  ])('%j is a %s', (text, kind, read) => {
    expect(readSender(text)).toEqual(kind && { kind, text: read });
  });
});
