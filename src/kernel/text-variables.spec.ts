import fc from 'fast-check';
import { measure, splitParts } from './sms-parts.js';
import { compileTemplate, detectSpelling, SPELLINGS, type Spelling } from './text-variables.js';

const write = (name: string, spelling: Spelling) =>
  spelling === 'brackets' ? `[${name}]` : spelling === 'braces' ? `{${name}}` : `{{${name}}}`;

describe('compileTemplate', () => {
  it.each<[string, Spelling, string[], Record<string, string>, string]>([
    [
      'Dzień dobry [klient], list od [nadawca].',
      'brackets',
      ['klient', 'nadawca'],
      { klient: 'Jan', nadawca: 'ZUS' },
      'Dzień dobry Jan, list od ZUS.',
    ],
    [
      '{{name}}: {{ due-date }}',
      'mustache',
      ['name', 'due-date'],
      { name: 'Ελένη', 'due-date': '12.04' },
      'Ελένη: 12.04',
    ],
    ['Здравствуйте, {имя}!', 'braces', ['имя'], { имя: 'Иван' }, 'Здравствуйте, Иван!'],
    ['[a][b][a]', 'brackets', ['a', 'b'], { a: '1', b: '2' }, '121'],
    ['[klient]', 'brackets', ['klient'], { klient: '' }, ''],
    ['[klient|Państwo] i [nadawca|]', 'brackets', ['klient', 'nadawca'], {}, 'Państwo i '],
    ['[klient|Państwo]', 'brackets', ['klient'], { klient: ' ' }, 'Państwo'],
    ['[klient|Państwo]', 'brackets', ['klient'], { klient: 'Jan' }, 'Jan'],
    ['[a_1-ż]', 'brackets', ['a_1-ż'], { 'a_1-ż': 'x' }, 'x'],
    ['[z\u0307]', 'brackets', ['ż'], { ż: 'x' }, 'x'],
    ['no variables', 'brackets', [], { no: 'x' }, 'no variables'],
    ['', 'brackets', [], {}, ''],
    [
      '[constructor] [__proto__] [toString|f]',
      'brackets',
      ['constructor', '__proto__', 'toString'],
      {},
      '[constructor] [__proto__] f',
    ],
    ['{{a}} and {a} and [a]', 'mustache', ['a'], { a: 'x' }, 'x and {a} and [a]'],
    ['{{a}} and {a} and [a]', 'braces', ['a'], { a: 'x' }, '{x} and x and [a]'],
    ['{{a}} and {a} and [a]', 'brackets', ['a'], { a: 'x' }, '{{a}} and {a} and x'],
  ])('%j in %s', (body, spelling, variables, values, text) => {
    const template = compileTemplate(body, spelling);
    expect(template.variables).toEqual(variables);
    expect(template.render(values)).toBe(text);
  });

  it.each([
    '[klient',
    'klient]',
    '[]',
    '[ klient ]',
    '[kli ent]',
    '[kli\nent]',
    '[klient!]',
    '[|x]',
    `[${'k'.repeat(65)}]`,
    `[k|${'x'.repeat(201)}]`,
    '{{}',
    '{{ }}',
    '[😜]',
    '] [',
    '[[]]',
  ])('leaves %j as it is', (body) => {
    for (const spelling of SPELLINGS) {
      const template = compileTemplate(body, spelling);
      expect([template.variables, template.render({ klient: 'x', k: 'x' })]).toEqual([[], body]);
    }
  });

  it('finds the variable in the inmost brackets', () =>
    expect(compileTemplate('[[a]]', 'brackets').render({ a: 'x' })).toBe('[x]'));

  it('leaves brackets that name nothing known', () => {
    const template = compileTemplate('[URGENT] [klient]', 'brackets', new Set(['klient']));
    expect([template.variables, template.render({ URGENT: 'x', klient: 'Jan' })]).toEqual([['klient'], '[URGENT] Jan']);
  });

  it('names what is missing: required, not given, not a string', () => {
    const template = compileTemplate('[a] [b|x] [c] [d] [d|x]', 'brackets');
    expect(template.required).toEqual(['a', 'c', 'd']);
    expect(template.missing({ a: '', d: 7 as never })).toEqual(['c', 'd']);
    expect(template.missing({ a: '1', c: '2', d: '3' })).toEqual([]);
    expect(template.render({ a: '1' })).toBe('1 x [c] [d] x');
  });

  it('substitutes in a single pass', () => {
    const template = compileTemplate('[a] [b]', 'brackets');
    expect(template.render({ a: '[b]', b: '[a]' })).toBe('[b] [a]');
    expect(template.render({ a: '$&$1', b: '[a|x]' })).toBe('$&$1 [a|x]');
    expect(compileTemplate('[a|[b]]', 'brackets').variables).toEqual(['b']);
  });

  it('stays linear on hostile bodies', () => {
    const hostile = ['['.repeat(50_000), '[a|'.repeat(20_000), '{{ '.repeat(20_000), `[${'a'.repeat(100_000)}`];
    const started = performance.now();
    for (const body of hostile) for (const spelling of SPELLINGS) compileTemplate(body, spelling);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('detectSpelling', () => {
  it.each<[string, Spelling]>([
    ['[klient]', 'brackets'],
    ['{{name}}', 'mustache'],
    ['{name}', 'braces'],
    ['plain', 'brackets'],
    ['[klient] {x}', 'brackets'],
    ['[klient] {{x}}', 'mustache'],
    ['[not closed {name}', 'braces'],
    ['{} [ ] {name}', 'braces'],
  ])('%j: %s', (body, spelling) => expect(detectSpelling(body)).toBe(spelling));
});

const name = fc.stringMatching(/^[a-zżя_0-9-]{1,12}$/);
const literal = fc.string({ unit: fc.constantFrom('a', ' ', 'ł', 'я', '😜', '€', '|', '.', '$', '&'), maxLength: 40 });
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('[a]', '{{a}}', '{a}', '[', ']', '$1', '\u0301'),
);

describe('templates of any shape', () => {
  it('render what string replacement by hand gives', () => {
    const pieces = fc.array(fc.tuple(literal, name, value), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, literal, fc.constantFrom(...SPELLINGS), (slots, tail, spelling) => {
        const values = Object.fromEntries(slots.map(([, name, value]) => [name, value]));
        const body = slots.map(([text, name]) => text + write(name, spelling)).join('') + tail;
        const template = compileTemplate(body, spelling);
        expect(template.variables).toEqual([...new Set(slots.map(([, name]) => name))]);
        expect(template.missing(values)).toEqual([]);
        expect(template.render(values)).toBe(slots.map(([text, name]) => text + values[name]).join('') + tail);
      }),
      { numRuns: 500 },
    );
  });

  it('render any body without throwing, and what was counted is what is sent', () => {
    const bodies = fc.array(fc.oneof(literal, value, fc.constantFrom('[klient]', '{{x}}', '{y}', '[klient|', '}}')), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(bodies, value, (pieces, klient) => {
        const text = compileTemplate(pieces.join('')).render({ klient, x: klient, y: klient });
        expect(splitParts(text).parts).toHaveLength(measure(text).parts);
      }),
    );
  });
});
