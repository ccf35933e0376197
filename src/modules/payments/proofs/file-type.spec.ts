import { typeOf } from './file-type.js';

describe('what a file is', () => {
  it.each([
    ['%PDF-1.7 …', 'application/pdf'],
    ['\u00ff\u00d8\u00ff\u00e0', 'image/jpeg'],
    ['\u0089PNG\r\n\u001a\n', 'image/png'],
    [' %PDF-1.7', null],
    ['<html>%PDF-', null],
    ['GIF89a', null],
    ['%PDF', null],
    ['', null],
  ])('%j is %s', (head, type) => expect(typeOf(Buffer.from(head, 'latin1'))).toBe(type));
});
