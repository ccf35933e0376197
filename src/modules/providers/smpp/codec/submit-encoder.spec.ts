import fc from 'fast-check';
import smpp, { type PDU } from 'smpp';
import { GSM7_BASIC, GSM7_EXTENSION } from '../../../../kernel/gsm7.js';
import { splitParts } from '../../../../kernel/sms-parts.js';
import type { Submission } from '../../sms-provider.js';
import { readSmppSettings, type SmppSettings } from '../smpp-settings.js';
import { PduWriter } from './pdu-writer.js';
import { maxPartUnits, SubmitEncoder, validityPeriod, type EncodingRefusal } from './submit-encoder.js';

const NOW = new Date('2026-03-01T09:00:00.000Z');

function settings(changes: Partial<SmppSettings> = {}): SmppSettings {
  return readSmppSettings({ host: 'smsc.example', port: 2775, ...changes });
}

function messageOf(text: string, changes: Partial<Submission> = {}): Submission {
  const { encoding, parts } = splitParts(text);
  return {
    clientReference: 'ref',
    to: '48500000001',
    sender: 'Kabinet',
    encoding,
    concatReference: 0x1234,
    parts: parts.map((part, index) => ({ partNo: index + 1, partsTotal: parts.length, text: part })),
    validUntil: null,
    ...changes,
  };
}

/** What we write, read by the package that is not ours. */
function write(message: Submission, changes: Partial<SmppSettings> = {}): PDU[] {
  const encoder = new SubmitEncoder(settings(changes));
  const writer = new PduWriter();
  return message.parts.map((part, index) => {
    expect(encoder.write(writer, index + 1, message, part, NOW)).toBeNull();
    const pdu = smpp.PDU.fromBuffer(Buffer.from(writer.take()));
    expect(pdu).toMatchObject({ command: 'submit_sm', sequence_number: index + 1 });
    return pdu as PDU;
  });
}

function refusal(message: Submission, changes: Partial<SmppSettings> = {}): EncodingRefusal | null {
  const writer = new PduWriter();
  const refused = new SubmitEncoder(settings(changes)).write(writer, 1, message, message.parts[0]!, NOW);
  if (refused) expect(writer.length).toBe(0);
  return refused;
}

/** All that a text can hold: neither the escape, nor the carriage return that normalising makes a line feed. */
const ALPHABET = Array.from(GSM7_BASIC)
  .filter((character) => character !== '\u001b' && character !== '\r')
  .concat(Object.keys(GSM7_EXTENSION));
const gsm7Text = fc.array(fc.constantFrom(...ALPHABET), { maxLength: 700 }).map((characters) => characters.join(''));
const anyText = fc.string({ unit: 'grapheme', maxLength: 300 });

describe('SubmitEncoder', () => {
  it.each([
    ['udh8', gsm7Text],
    ['udh8', anyText],
    ['sar', anyText],
    ['payload', anyText],
  ] as const)('writes with %s what an independent decoder reads back, part by part', (concatenation, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const message = messageOf(text);
        const pdus = write(message, { concatenation });
        const read = pdus.map(
          (pdu) => (concatenation === 'payload' ? pdu.message_payload : pdu.short_message)!.message,
        );
        expect(read.map(String)).toEqual(message.parts.map((part) => part.text));
      }),
      { numRuns: 60 },
    );
  });

  it('writes the octets of the specification', () => {
    const writer = new PduWriter();
    const message = messageOf('Hi €', { validUntil: new Date('2026-03-01T10:30:00Z') });
    new SubmitEncoder(settings()).write(writer, 7, message, message.parts[0]!, NOW);
    expect(writer.take().toString('hex')).toBe(
      [
        '00000048 00000004 00000000 00000007',
        '00', // service_type
        '05 00 4b6162696e657400', // source: alphanumeric, "Kabinet"
        '01 01 343835303030303030303100', // destination: international, ISDN
        '00 00 00', // esm_class, protocol_id, priority_flag
        '00', // schedule_delivery_time
        '3236303330313130333030303030302b00', // validity_period 260301103000000+
        '01 00 00 00', // registered_delivery, replace_if_present, data_coding, sm_default_msg_id
        '05 48692 01b65', // sm_length, "Hi " and the escaped euro
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('numbers the parts of a message in a header of its own', () => {
    const pdus = write(messageOf('я'.repeat(150)));
    expect(pdus.map((pdu) => pdu.short_message!.udh!.map((element) => element.toString('hex')))).toEqual([
      ['0003340301'],
      ['0003340302'],
      ['0003340303'],
    ]);
    expect(pdus.map((pdu) => pdu.esm_class)).toEqual([0x40, 0x40, 0x40]);
    expect(pdus.map((pdu) => pdu.data_coding)).toEqual([8, 8, 8]);
  });

  it('keeps the number and count of a part that is sent alone', () => {
    const whole = messageOf('a'.repeat(400));
    const [pdu] = write({ ...whole, parts: [whole.parts[2]!] });
    expect(pdu!.short_message!.udh!.map((element) => element.toString('hex'))).toEqual(['0003340303']);
  });

  it('writes 16-bit references where the parts leave room for them', () => {
    const message = messageOf('');
    message.parts = [1, 2].map((partNo) => ({ partNo, partsTotal: 2, text: 'a'.repeat(152) }));
    const [pdu] = write(message, { concatenation: 'udh16' });
    expect(pdu!.short_message!.udh!.map((element) => element.toString('hex'))).toEqual(['080412340201']);
    message.parts[0]!.text += 'a';
    expect(refusal(message, { concatenation: 'udh16' })).toBe('part_too_long');
    expect(refusal(message, { concatenation: 'udh8' })).toBeNull();
    expect(maxPartUnits('udh16')).toEqual({ gsm7: 152, ucs2: 66 });
    expect(maxPartUnits('udh8')).toEqual({ gsm7: 153, ucs2: 67 });
  });

  it('writes sar TLVs instead of a header', () => {
    const [, pdu] = write(messageOf('a'.repeat(161)), { concatenation: 'sar' });
    expect(pdu).toMatchObject({ sar_msg_ref_num: 0x1234, sar_total_segments: 2, sar_segment_seqnum: 2, esm_class: 0 });
  });

  it.each([
    ['Kabinet', 5, 0],
    ['A1', 5, 0],
    ['48500000002', 1, 1],
    ['4321', 3, 0],
    ['123456', 3, 0],
    ['1234567', 1, 1],
  ])('writes the sender %s with its kind of number', (sender, source_addr_ton, source_addr_npi) => {
    const [pdu] = write(messageOf('x', { sender }));
    expect(pdu).toMatchObject({ source_addr: sender, source_addr_ton, source_addr_npi });
  });

  it('takes kinds of numbers, codings and service type from the settings', () => {
    const [pdu] = write(messageOf('x', { sender: '4321' }), {
      shortSource: { ton: 6, npi: 8 },
      destination: { ton: 2, npi: 3 },
      gsm7DataCoding: 1,
      serviceType: 'OTP',
    });
    expect(pdu).toMatchObject({
      source_addr_ton: 6,
      source_addr_npi: 8,
      dest_addr_ton: 2,
      dest_addr_npi: 3,
      data_coding: 1,
      service_type: 'OTP',
    });
  });

  it.each([
    ['a recipient that is no number', { to: '+48500' }, 'invalid_recipient'],
    ['no recipient', { to: '' }, 'invalid_recipient'],
    ['a recipient of 21 digits', { to: '1'.repeat(21) }, 'invalid_recipient'],
    ['a name of twelve characters', { sender: 'A'.repeat(12) }, 'invalid_sender'],
    ['a name in Cyrillic', { sender: 'Кабинет' }, 'invalid_sender'],
    ['no sender', { sender: '' }, 'invalid_sender'],
    ['a zero in the sender', { sender: 'A\0B' }, 'invalid_sender'],
    [
      'a text that GSM-7 cannot hold',
      { encoding: 'gsm7', parts: [{ partNo: 1, partsTotal: 1, text: 'ą' }] },
      'not_encodable',
    ],
    ['161 septets', { parts: [{ partNo: 1, partsTotal: 1, text: 'a'.repeat(161) }] }, 'part_too_long'],
    ['71 units', { encoding: 'ucs2', parts: [{ partNo: 1, partsTotal: 1, text: 'я'.repeat(71) }] }, 'part_too_long'],
    ['300 units', { encoding: 'ucs2', parts: [{ partNo: 1, partsTotal: 1, text: 'я'.repeat(300) }] }, 'part_too_long'],
  ] as const)('refuses %s and writes nothing', (_what, changes, code) =>
    expect(refusal(messageOf('x', changes as unknown as Partial<Submission>))).toBe(code),
  );

  it('goes on in a new chunk when one is full, and leaves what was taken alone', () => {
    const encoder = new SubmitEncoder(settings());
    const writer = new PduWriter();
    const message = messageOf('a'.repeat(150));
    const taken: Buffer[] = [];
    for (let sequence = 1; sequence <= 2000; sequence++) {
      encoder.write(writer, sequence, message, message.parts[0]!, NOW);
      if (sequence % 700 === 0) taken.push(writer.take());
    }
    taken.push(writer.take());
    const stream = Buffer.concat(taken);
    let sequence = 0;
    for (let at = 0; at < stream.length; at += stream.readUInt32BE(at)) {
      expect(stream.readUInt32BE(at + 12)).toBe(++sequence);
      expect(stream.toString('latin1', at + stream.readUInt32BE(at) - 150, at + stream.readUInt32BE(at))).toBe(
        'a'.repeat(150),
      );
    }
    expect(sequence).toBe(2000);
  });
});

describe('validityPeriod', () => {
  it.each([
    ['absolute', '2026-03-01T10:30:05.700Z', '260301103005700+'],
    ['relative', '2026-03-03T10:30:05.000Z', '000002013005000R'],
    ['relative', '2026-03-01T09:00:00.500Z', '000000000001000R'],
    ['relative', '2030-01-01T00:00:00.000Z', '000099000000000R'],
    ['none', '2026-03-01T10:30:05.000Z', ''],
  ] as const)('%s until %s is %s', (format, until, period) =>
    expect(validityPeriod(format, new Date(until), NOW)).toBe(period),
  );

  it('is left to the provider when there is none', () => expect(validityPeriod('absolute', null, NOW)).toBe(''));
});
