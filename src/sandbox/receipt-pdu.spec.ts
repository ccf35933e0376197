import smpp from 'smpp';
import { encodeReceipt } from './receipt-pdu.js';

describe('encodeReceipt', () => {
  it.each([
    ['Kabinet', 5, 0],
    ['4321', 1, 1],
  ])('writes to %s what the package writes', (destination, dest_addr_ton, dest_addr_npi) => {
    const text = 'id:77 sub:001 dlvrd:000 submit date:2603010900 done date:2603010905 stat:UNDELIV err:011 text:Hello';
    const receipt = { source: '48500000001', destination, esmClass: 4, text };
    const fields = {
      sequence_number: 9,
      source_addr_ton: 1,
      source_addr_npi: 1,
      source_addr: '48500000001',
      dest_addr_ton,
      dest_addr_npi,
      destination_addr: destination,
      esm_class: 4,
      data_coding: 0,
      short_message: Buffer.from(text),
    };
    const bare = { receiptedMessageId: null, messageState: null, networkError: null };
    expect(encodeReceipt(9, { ...receipt, ...bare }).toString('hex')).toBe(
      new smpp.PDU('deliver_sm', fields).toBuffer().toString('hex'),
    );
    const tlvs = { receipted_message_id: '77', message_state: 5, network_error_code: Buffer.from([3, 0, 11]) };
    expect(
      encodeReceipt(9, { ...receipt, receiptedMessageId: '77', messageState: 5, networkError: 11 }).toString('hex'),
    ).toBe(new smpp.PDU('deliver_sm', { ...fields, ...tlvs }).toBuffer().toString('hex'));
  });
});
