import { DomainError } from '../../../kernel/domain-error.js';
import { readSmppCredentials, readSmppSettings } from './smpp-settings.js';

function pointers(act: () => unknown): (string | undefined)[] {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    return (error as DomainError).details.errors!.map(({ pointer, code }) => `${pointer} ${code}`);
  }
  throw new Error('it was not refused');
}

describe('readSmppSettings', () => {
  it('fills in what is not said', () => {
    expect(readSmppSettings({ host: 'smsc.example', port: 2775 })).toMatchObject({
      windowSize: 50,
      concatenation: 'udh8',
      messageId: 'exact',
      tls: null,
      statusQuery: false,
    });
    expect(readSmppSettings({ host: 'smsc.example', port: 3550, tls: {} }).tls).toEqual({ serverName: null, ca: null });
  });

  it('names every field that cannot be', () => {
    const input = {
      host: 'a b',
      port: 0,
      windowSize: 1.5,
      receiptZone: 'Europe/Atlantis',
      messageId: 'roman',
      destination: { ton: 9, npi: 1 },
      statusMeanings: { '58': 'throttled' },
      tls: { certificate: 'x' },
      statusQuery: 'yes',
      colour: 'red',
    };
    expect(pointers(() => readSmppSettings(input)).sort()).toEqual([
      '/colour unknown_field',
      '/destination invalid_value',
      '/host invalid_value',
      '/messageId invalid_value',
      '/port invalid_value',
      '/receiptZone invalid_value',
      '/statusMeanings invalid_value',
      '/statusQuery invalid_value',
      '/tls invalid_value',
      '/windowSize invalid_value',
    ]);
  });

  it.each([null, [], 'smsc', 7])('refuses %p', (input) =>
    expect(pointers(() => readSmppSettings(input))).toEqual(['/ invalid_value']),
  );
});

describe('readSmppCredentials', () => {
  it('takes what fits into a bind', () =>
    expect(readSmppCredentials({ systemId: 'kabinet', password: 'secret' })).toEqual({
      systemId: 'kabinet',
      password: 'secret',
    }));

  it.each([
    [{ systemId: '', password: 'x' }, ['/systemId invalid_value']],
    [{ systemId: 'sixteen-letters-', password: 'x\0y' }, ['/systemId invalid_value', '/password invalid_value']],
    [null, ['/systemId invalid_value', '/password invalid_value']],
  ])('refuses %p', (input, expected) => expect(pointers(() => readSmppCredentials(input))).toEqual(expected));
});
