import { paymentQr, type QrPayment } from './payment-qr.js';

const russian: QrPayment = {
  country: 'RU',
  currency: 'RUB',
  sellerName: 'ООО «Кабинет»',
  sellerTaxNumber: '7707083893',
  bank: {
    accountNumber: '40702810900000000001',
    bankName: 'ПАО СБЕРБАНК',
    bic: '044525225',
    correspondentAccount: '30101810400000000225',
  },
  amountMicros: 5_000_000_000n,
  purpose: 'Оплата по счёту № К-2026-1',
};

const sepa: QrPayment = {
  country: 'GR',
  currency: 'EUR',
  sellerName: 'Kabinet AE',
  sellerTaxNumber: '094014201',
  bank: { accountNumber: 'GR16 0110 1250 0000 0001 2300 695', bankName: 'Εθνική', bic: 'ETHNGRAA' },
  amountMicros: 64_480_000n,
  purpose: 'K-2026-1',
};

const polish: QrPayment = {
  country: 'PL',
  currency: 'PLN',
  sellerName: 'Kabinet Spółka z ograniczoną odpowiedzialnością',
  sellerTaxNumber: '5260250274',
  bank: { accountNumber: 'PL61 1090 1014 0000 0712 1981 2874', bankName: 'Bank', bic: 'WBKPPLPP' },
  amountMicros: 100_000_000n,
  purpose: 'Faktura K-2026-1',
};

describe('payment QR', () => {
  it('Russia: ST00012, obligatory fields first, kopecks', () => {
    expect(paymentQr(russian)).toBe(
      'ST00012|Name=ООО «Кабинет»|PersonalAcc=40702810900000000001|BankName=ПАО СБЕРБАНК|BIC=044525225|CorrespAcc=30101810400000000225' +
        '|PayeeINN=7707083893|Sum=500000|Purpose=Оплата по счёту № К-2026-1',
    );
  });

  it('Russia: a value with the separator gives no code rather than a wrong one', () => {
    expect(paymentQr({ ...russian, purpose: 'a|Sum=1' })).toBeNull();
  });

  it('SEPA: EPC069-12', () => {
    expect(paymentQr(sepa)).toBe(
      'BCD\n002\n1\nSCT\nETHNGRAA\nKabinet AE\nGR1601101250000000012300695\nEUR64.48\n\n\nK-2026-1',
    );
    expect(paymentQr({ ...sepa, amountMicros: 0n })).toBeNull();
    expect(paymentQr({ ...sepa, purpose: 'two\nlines' })!.endsWith('two lines')).toBe(true);
  });

  it('Poland: grosze on six digits, short name and title', () => {
    expect(paymentQr(polish)).toBe(
      '5260250274|PL|61109010140000071219812874|010000|Kabinet Spółka z ogr|Faktura K-2026-1|||',
    );
    expect(paymentQr({ ...polish, amountMicros: 10_000_000_000n })).toBeNull();
  });

  it('is absent where no scheme fits', () => {
    expect(paymentQr({ ...russian, currency: 'USD' })).toBeNull();
  });
});
