import { asIs, forForm, forPointer, forUrl, forXml, Template } from './template.js';

describe('templates', () => {
  it('substitutes in a single pass', () => {
    const template = new Template('{{text}} {{to}}');
    expect(template.render({ text: '{{secret.token}} {{to}}', to: '$& 48', 'secret.token': 'geheim' })).toBe(
      '{{secret.token}} {{to}} $& 48',
    );
    expect(template.names).toEqual(['text', 'to']);
  });

  it('has no value when one of its placeholders has none', () => {
    expect(new Template('ttl={{validitySeconds}}').render({ validitySeconds: null })).toBeNull();
    expect(new Template('{{a}}{{b}}').render({ a: '1' })).toBeNull();
    expect(new Template('').render({})).toBe('');
  });

  it('leaves braces that are no placeholder', () => {
    expect(new Template('{a} {{ }} }}{{').render({ '': 'x' }, asIs)).toBe('{a} x }}{{');
  });

  it.each([
    [forUrl, "a b&c=d/é?#%+'()*!~", 'a%20b%26c%3Dd%2F%C3%A9%3F%23%25%2B%27%28%29%2A%21~'],
    [forForm, 'a b+c&d', 'a+b%2Bc%26d'],
    [forXml, `<a b="c">&'\u0001`, '&lt;a b=&quot;c&quot;&gt;&amp;&apos;\ufffd'],
    [forPointer, 'a/b~c', 'a~1b~0c'],
    [forUrl, 'half \ud83d', 'half%20%EF%BF%BD'],
    [forUrl, '😜', '%F0%9F%98%9C'],
  ] as const)('escapes for the place: %p', (escape, value, expected) => {
    expect(new Template('{{x}}').render({ x: value }, escape)).toBe(expected);
  });
});
