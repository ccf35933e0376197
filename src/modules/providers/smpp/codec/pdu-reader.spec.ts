import fc from 'fast-check';
import smpp from 'smpp';
import {
  readMessageId,
  readQueriedState,
  readShortMessage,
  MalformedPdu,
  commandOf,
  sequenceOf,
  statusOf,
} from './pdu-reader.js';
import { readText } from './text-octets.js';
import { readHeader } from './user-data-header.js';

const deliver = (fields: Record<string, unknown>): Buffer => new smpp.PDU('deliver_sm', fields).toBuffer();

describe('reading PDUs', () => {
  it('reads what an independent encoder writes', () => {
    const frame = deliver({
      sequence_number: 77,
      service_type: 'X',
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: '48500000001',
      dest_addr_ton: 5,
      destination_addr: 'Kabinet',
      esm_class: 4,
      schedule_delivery_time: '',
      validity_period: '000000010000000R',
      short_message: 'id:1',
      receipted_message_id: 'ABC',
      message_state: 2,
      network_error_code: Buffer.from([3, 0, 21]),
      user_message_reference: 5,
    });
    expect([commandOf(frame), statusOf(frame), sequenceOf(frame)]).toEqual([5, 0, 77]);
    const message = readShortMessage(frame);
    expect(message).toMatchObject({
      sourceTon: 1,
      sourceNpi: 1,
      source: '48500000001',
      destinationTon: 5,
      destinationNpi: 0,
      destination: 'Kabinet',
      esmClass: 4,
      receiptedMessageId: 'ABC',
      messageState: 2,
    });
    expect(message.content.toString()).toBe('id:1');
    expect(message.networkErrorCode).toEqual(Buffer.from([3, 0, 21]));
  });

  it('reads message_payload where short_message is empty', () => {
    const message = readShortMessage(deliver({ short_message: '', message_payload: 'a'.repeat(300) }));
    expect(message.content.toString()).toBe('a'.repeat(300));
  });

  it('reads data_sm', () => {
    const frame = new smpp.PDU('data_sm', {
      source_addr: '48500000001',
      destination_addr: 'Kabinet',
      esm_class: 4,
      data_coding: 8,
      receipted_message_id: '9',
      message_state: 5,
    }).toBuffer();
    expect(readShortMessage(frame)).toMatchObject({
      source: '48500000001',
      esmClass: 4,
      dataCoding: 8,
      receiptedMessageId: '9',
      messageState: 5,
    });
  });

  it.each([
    ['with its zero', Buffer.from('abc\0')],
    ['without it', Buffer.from('abc')],
    ['with two', Buffer.from('abc\0\0')],
  ])('reads a message id %s', (_what, body) =>
    expect(readMessageId(Buffer.concat([Buffer.alloc(16), body]))).toBe('abc'),
  );

  it('reads an answer without a body', () => expect(readMessageId(Buffer.alloc(16))).toBe(''));

  it.each([
    [new Date('2026-03-01T10:30:05.700Z'), '260301103005700+'],
    ['', ''],
  ])('reads the state of a message, of one that ended at %s', (final_date, finalDate) => {
    const fields = { message_id: 'A1', final_date, message_state: 5, error_code: 255 };
    const frame = new smpp.PDU('query_sm_resp', fields).toBuffer();
    const told = { messageId: 'A1', finalDate, state: 5, errorCode: 255 };
    expect(readQueriedState(frame)).toEqual(told);
    for (let length = 16; length < frame.length; length++)
      expect(() => readQueriedState(frame.subarray(0, length))).toThrow(MalformedPdu);
    expect(readQueriedState(Buffer.concat([frame, Buffer.from([0, 1, 255])]))).toEqual(told);
  });

  it('says of every body that is cut short that it is, and keeps what is whole before junk', () => {
    const whole = deliver({
      source_addr: '1',
      destination_addr: '2',
      short_message: 'hello',
      receipted_message_id: 'A',
    });
    const mandatory = deliver({ source_addr: '1', destination_addr: '2', short_message: 'hello' }).length;
    for (let length = 16; length < mandatory; length++)
      expect(() => readShortMessage(whole.subarray(0, length))).toThrow(MalformedPdu);
    for (let length = mandatory; length < whole.length; length++)
      expect(readShortMessage(whole.subarray(0, length)).receiptedMessageId).toBeNull();
    expect(readShortMessage(Buffer.concat([whole, Buffer.from([0, 1, 255])])).receiptedMessageId).toBe('A');
  });

  it('never throws anything else, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 300 }), fc.constantFrom(0x05, 0x103), (bytes, command) => {
        const frame = Buffer.from(bytes);
        frame.writeUInt32BE(command, 4);
        try {
          const message = readShortMessage(frame);
          readText(readHeader(message.content).text, message.dataCoding, 'gsm7');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPdu);
        }
      }),
    );
  });
});

describe('readText', () => {
  it.each([
    ['GSM-7 as the alphabet of the SMSC', 0, Buffer.from([0x48, 0x69, 0x00, 0x1b, 0x65]), 'Hi@€'],
    ['ASCII', 1, Buffer.from('Hi@'), 'Hi@'],
    ['Latin-1', 3, Buffer.from([0xe9]), 'é'],
    ['UCS-2', 8, Buffer.from('042f', 'hex'), 'Я'],
    ['UTF-16 outside the plane', 8, Buffer.from('d83dde1c', 'hex'), '😜'],
    ['half a pair', 8, Buffer.from('0041d83d', 'hex'), 'A\ufffd'],
    ['an odd octet too many', 8, Buffer.from('004100', 'hex'), 'A'],
    ['a flash message in GSM-7', 0xf0, Buffer.from([0x00]), '@'],
    ['a flash message in UCS-2', 0x18, Buffer.from('042f', 'hex'), 'Я'],
  ])('reads %s', (_what, coding, octets, text) => expect(readText(octets, coding, 'gsm7')).toBe(text));

  it('reads the alphabet of the SMSC as the provider says', () =>
    expect(readText(Buffer.from('Hi@'), 0, 'latin1')).toBe('Hi@'));
});

describe('readHeader', () => {
  it.each([
    ['an 8-bit reference', '0500030a0201', { reference: 10, partsTotal: 2, partNo: 1 }],
    ['a 16-bit reference', '0608040a0b0302', { reference: 0x0a0b, partsTotal: 3, partNo: 2 }],
    ['a port before it', '0b05040b8423f000030a0201', { reference: 10, partsTotal: 2, partNo: 1 }],
    ['a port alone', '0605040b8423f0', null],
    ['an element that is cut short', '03000305', null],
  ])('finds %s', (_what, hex, concatenation) => {
    const { text, ...rest } = readHeader(Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from('text')]));
    expect(rest).toEqual({ concatenation });
    expect(text.toString()).toBe('text');
  });

  it.each(['', 'ff', '05000300'])('survives a header that is longer than its message: %s', (hex) =>
    expect(readHeader(Buffer.from(hex, 'hex'))).toMatchObject({ concatenation: null, text: Buffer.alloc(0) }),
  );
});
