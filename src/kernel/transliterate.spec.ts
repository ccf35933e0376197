import fc from 'fast-check';
import { GSM7_BASIC, GSM7_EXTENSION } from './gsm7.js';
import { measure, normaliseText } from './sms-parts.js';
import { toGsm7, transliterate } from './transliterate.js';

describe('transliterate', () => {
  it.each([
    ['Zażółć gęślą jaźń', 'Zazolc gesla jazn'],
    ['ZAŻÓŁĆ GĘŚLĄ JAŹŃ', 'ZAZOLC GESLA JAZN'],
    ['Łódź, ul. Świętego Józefa', 'Lodz, ul. Swietego Jozefa'],
    ['déjà vu, Ñandú, Grüße, Ångström', 'déjà vu, Ñandu, Grüße, Ångström'], // GSM-7 has most of these; ú it has not
    ['façade, Ç', 'facade, Ç'],
    ['ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ', 'ABΓΔEZHΘIKΛMNΞOΠPΣTYΦXΨΩ'],
    ['Καλημέρα σας, Ελένη! ΐ ϋ ς', 'KAΛHMEPA ΣAΣ, EΛENH! I Y Σ'],
    ['Привет, мир', 'Privet, mir'],
    ['Щука и ЩУКА, Юля, ЮЛЯ, Я', 'Shchuka i SHCHUKA, Yulya, YULYA, Ya'],
    ['объём, подъезд, чьё', 'obyom, podezd, chyo'],
    ['и\u0306', 'y'],
    ['“double” „niżej” «ёлочки» ‘single’ it’s `tick`', '"double" "nizej" "yolochki" \'single\' it\'s \'tick\''],
    ['a – b — c − d…', 'a - b - c - d...'],
    ['1\u00a0000\u202f000 ₽, № 5\t½ ﬁ ™ ²', '1 000 000 RUB, No 5 1/2 fi TM 2'],
    ['so\u00adft\u200b\ufeff \u200eleft', 'soft left'],
    ['Ｆｕｌｌ', 'Full'],
    ['€ {} [] ~ | \\ ^', '€ {} [] ~ | \\ ^'],
    ['a\r\nb', 'a\nb'],
    ['', ''],
  ])('%j → %j', (text, expected) => {
    expect(transliterate(text)).toBe(expected);
    expect(toGsm7(text)).toEqual({ text: expected, changed: expected !== normaliseText(text), forcedBy: [] });
  });

  it.each([
    ['Гонки и щит', 'uk', 'Honky y shchyt'],
    ['Гонки', 'uk-UA', 'Honky'],
    ['ъгъл, щит, хляб', 'bg', 'agal, shtit, hlyab'],
    ['Гонки', 'pl', 'Gonki'],
    ['Гонки', 'constructor', 'Gonki'],
    ['Қазақстан', 'kk', 'Qazaqstan'],
  ])('%s in %s → %s', (text, language, expected) => expect(transliterate(text, language)).toBe(expected));

  it('leaves whole what has no replacement, and names it', () => {
    expect(toGsm7('Część 😜 漢字 👨‍👩‍👧 ❤️')).toEqual({
      text: 'Czesc 😜 漢字 👨‍👩‍👧 ❤️',
      changed: true,
      forcedBy: ['😜', '漢', '字', '👨', '\u200d'],
    });
    expect(toGsm7('😜')).toMatchObject({ changed: false });
  });

  it('makes a Polish notice cheap', () => {
    const text = 'Dzień dobry, w biurze czeka na Państwa nowa korespondencja od nadawcy: Urząd Skarbowy w Łodzi.';
    expect(measure(text)).toMatchObject({ encoding: 'ucs2', parts: 2 });
    expect(measure(transliterate(text))).toMatchObject({ encoding: 'gsm7', parts: 1 });
  });

  it('covers every letter of Polish, Greek and Russian', () => {
    const letters = 'ąćęłńóśźżαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰΆΈΉΊΌΎΏΪΫабвгдеёжзийклмнопрстуфхцчшщъыьэюя';
    expect(toGsm7(letters + letters.toUpperCase()).forcedBy).toEqual([]);
  });
});

describe('any text', () => {
  const alphabet = fc.constantFrom(
    ...Array.from(GSM7_BASIC).filter((c) => c !== '\u001b' && c !== '\r'),
    ...Object.keys(GSM7_EXTENSION),
  );

  it('that is GSM-7 already comes back as it is', () => {
    fc.assert(fc.property(fc.string({ unit: alphabet }), (text) => expect(transliterate(text)).toBe(text)));
  });

  it('is transliterated once and for all, to nothing dearer in kind', () => {
    const unit = fc.oneof(
      fc.constantFrom('ż', 'Щ', 'я', 'Ω', 'ς', '“', '\u200d', '\ufe0f', '😜', '½', '\u0301', 'a'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const { text: once, forcedBy } = toGsm7(text);
        expect(transliterate(once)).toBe(once);
        expect(normaliseText(once)).toBe(once);
        expect(forcedBy).toEqual(measure(once).forcedBy);
      }),
      { numRuns: 300 },
    );
  });
});
