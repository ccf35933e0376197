import smpp from 'smpp';
import { PduWriter } from './pdu-writer.js';

describe('PduWriter', () => {
  it.each(['8f3A-x_1', '9223372036854775808', 'a'.repeat(64)])(
    'asks for the state of %s as an independent decoder reads it, of whatever sender',
    (messageId) => {
      const writer = new PduWriter();
      writer.query(77, messageId);
      const frame = Buffer.from(writer.take());
      expect(frame.readUInt32BE(4)).toBe(3);
      expect(smpp.PDU.fromBuffer(frame)).toMatchObject({
        command: 'query_sm',
        command_length: frame.length,
        command_status: 0,
        sequence_number: 77,
        message_id: messageId,
        source_addr_ton: 0,
        source_addr_npi: 0,
        source_addr: '',
      });
    },
  );
});
