import { compileText } from './compiled-template.js';
import { estimateTemplate, estimateText } from './estimate.js';

describe('estimateText', () => {
  it.each([
    ['any', 'Zażółć', 'Zażółć', 'ucs2', ['ż', 'ó', 'ł', 'ć'], null],
    ['transliterate', 'Zażółć', 'Zazolc', 'gsm7', [], null],
    ['refuse', 'Zażółć', 'Zażółć', 'ucs2', ['ż', 'ó', 'ł', 'ć'], 'alphabet'],
    ['refuse', 'Zazolc', 'Zazolc', 'gsm7', [], null],
    ['transliterate', '漢', '漢', 'ucs2', ['漢'], null],
    ['any', ' \n', ' \n', 'gsm7', [], 'empty_text'],
    ['any', 'a'.repeat(1530), 'a'.repeat(1530), 'gsm7', [], null],
    ['any', 'a'.repeat(1531), 'a'.repeat(1531), 'gsm7', [], 'too_long'],
    ['any', 'я'.repeat(671), 'я'.repeat(671), 'ucs2', ['я'], 'too_long'],
  ] as const)('%s: %s', (policy, rendered, text, encoding, forcedBy, refusal) =>
    expect(estimateText(rendered, policy, 'pl')).toMatchObject({ text, encoding, forcedBy, refusal }),
  );
});

describe('estimateTemplate', () => {
  const body = 'Dzien dobry [klient], czeka list od: [nadawca].';
  const units = (
    given: Record<string, string>,
    samples: Record<string, string> = {},
    locale: 'pl' | 'ru' | 'en' = 'en',
  ) => {
    const { shortest, typical, longest } = estimateTemplate(compileText({ body }), given, samples, locale);
    return [shortest, typical, longest].map((one) => one.units);
  };
  const literal = body.replace('[klient]', '').replace('[nadawca]', '').length;

  it('counts variables as characters: one, twelve, forty', () =>
    expect(units({})).toEqual([literal + 2, literal + 24, literal + 80]));

  it('takes a sample as the typical value, and for the longest when it is longer', () => {
    expect(units({}, { klient: 'Jan' })).toEqual([literal + 2, literal + 15, literal + 80]);
    expect(units({}, { klient: 'x'.repeat(60) })).toEqual([literal + 2, literal + 72, literal + 100]);
  });

  it('has no range left when all values are known', () => {
    const estimate = estimateTemplate(
      compileText({ body }),
      { klient: 'Jan', nadawca: 'ZUS' },
      { klient: 'Anna' },
      'pl',
    );
    expect(estimate.missing).toEqual([]);
    expect(estimate.exact!.text).toBe('Dzien dobry Jan, czeka list od: ZUS.');
    for (const one of [estimate.shortest, estimate.typical, estimate.longest]) expect(one).toEqual(estimate.exact);
  });

  it('names what is missing, and renders a fallback for what may be', () => {
    const template = compileText({ body: '[klient|Panstwo], [nadawca]' });
    expect(estimateTemplate(template, {}, {}, 'pl')).toMatchObject({ missing: ['nadawca'], exact: null });
    expect(estimateTemplate(template, { nadawca: 'ZUS' }, {}, 'pl').exact!.text).toBe('Panstwo, ZUS');
  });

  it('expects one Polish letter in the longest case, unless the policy rules it out', () => {
    const encodings = (alphabetPolicy: 'any' | 'transliterate') => {
      const { typical, longest } = estimateTemplate(compileText({ body, alphabetPolicy }), {}, {}, 'pl');
      return [typical.encoding, longest.encoding];
    };
    expect(encodings('any')).toEqual(['gsm7', 'ucs2']);
    expect(encodings('transliterate')).toEqual(['gsm7', 'gsm7']);
  });

  it('expects Cyrillic of Russian accounts', () => {
    const { shortest } = estimateTemplate(compileText({ body }), {}, {}, 'ru');
    expect([shortest.encoding, shortest.forcedBy]).toEqual(['ucs2', ['н']]);
  });
});
