import { hashBody } from './idempotency.js';

describe('hashBody', () => {
  const hash = (json: string) => hashBody(JSON.parse(json)).toString('hex');

  it('does not depend on the order of keys, at any depth', () => {
    const one = hash('[{"b":{"d":[{"y":1,"x":null}],"c":"text"},"a":true}]');
    expect(hash('[{"a":true,"b":{"c":"text","d":[{"x":null,"y":1}]}}]')).toBe(one);
  });

  it('depends on everything else', () => {
    const bodies = [
      '{}',
      '[]',
      'null',
      '""',
      '{"a":[]}',
      '{"a":[1,2]}',
      '{"a":[2,1]}',
      '{"a":{"__proto__":1}}',
      '{"a":{}}',
    ];
    expect(new Set(bodies.map(hash)).size).toBe(bodies.length);
    expect(hash('{"b":1,"a":{"__proto__":1}}')).not.toBe(hash('{"b":1,"a":{}}'));
    expect(hash('{"b":1,"__proto__":{"c":1}}')).not.toBe(hash('{"b":1}'));
  });

  it('takes a body as deep as one may be in no time', () => {
    const deep = '{"b":1,"a":'.repeat(50) + '1' + '}'.repeat(50);
    expect(hash(deep)).toHaveLength(64);
  });
});
