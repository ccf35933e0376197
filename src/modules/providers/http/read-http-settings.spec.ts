import { DomainError, type FieldError } from '../../../kernel/domain-error.js';
import { readHttpSettings } from './read-http-settings.js';

const secrets = new Set(['token']);
const minimal = { request: { url: 'https://api.example.com/send' } };

function refusals(settings: unknown): Pick<FieldError, 'pointer' | 'code'>[] {
  try {
    readHttpSettings(settings, secrets);
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({ kind: 'invalid', code: 'invalid_provider_settings' });
    return (error as DomainError).details.errors!.map(({ pointer, code }) => ({ pointer, code }));
  }
  return [];
}
const refused = (settings: unknown, pointer: string, code: string) =>
  expect(refusals(settings)).toContainEqual({ pointer, code });
const withRequest = (more: object) => ({ request: { ...minimal.request, ...more } });

describe('the description of an HTTP provider', () => {
  it('fills in what is not said', () => {
    const settings = readHttpSettings(minimal, secrets);
    expect(settings.request).toMatchObject({ method: 'POST', query: {}, headers: {}, body: null, unit: 'message' });
    expect(settings.limits.timeoutMs).toBe(15_000);
    expect(settings.reports).toBeNull();
    // What was read is what is stored: reading it again changes nothing.
    expect(readHttpSettings(JSON.parse(JSON.stringify(settings)), secrets)).toEqual(settings);
  });

  it.each([null, 7, 'x', []])('refuses %p as a whole', (input) => expect(refusals(input)).not.toEqual([]));

  it('names every bad field at once', () => {
    const errors = refusals({
      request: { url: 'https://a.example/{{nope}}', method: 'DELETE', colour: 'red' },
      errors: [{ means: 'refused' }, { statuses: [99], means: 'maybe' }],
      limits: { timeoutMs: 1 },
      more: 1,
    });
    expect(errors).toEqual(
      expect.arrayContaining([
        { pointer: '/more', code: 'unknown_field' },
        { pointer: '/request/colour', code: 'unknown_field' },
        { pointer: '/request/method', code: 'not_one_of' },
        { pointer: '/request/url', code: 'unknown_placeholder' },
        { pointer: '/errors/0', code: 'statuses_or_codes_expected' },
        { pointer: '/errors/1/statuses/0', code: 'out_of_range' },
        { pointer: '/errors/1/means', code: 'not_one_of' },
        { pointer: '/limits/timeoutMs', code: 'out_of_range' },
      ]),
    );
  });

  it('lets several messages share a request only where each can be told from the others', () => {
    const batch = { most: 50, separator: ',', recipient: '/{{to}}' };
    const each = { body: { type: 'json', content: [{ '{{each}}': { to: '{{to}}', id: '{{reference}}' } }] } };
    expect(readHttpSettings(withRequest({ batch }), secrets).request.batch).toEqual(batch);
    const own = { most: 2, recipient: '/[id={{reference}}]' };
    expect(readHttpSettings(withRequest({ ...each, batch: own }), secrets).request.batch).toEqual({
      ...own,
      separator: null,
    });
    refused(withRequest({ batch: { ...batch, most: 1 } }), '/request/batch/most', 'out_of_range');
    refused(withRequest({ batch: own }), '/request/batch', 'separator_or_each_expected');
    refused(withRequest({ ...each, batch }), '/request/batch', 'one_reference_for_several');
    refused(withRequest({ unit: 'part', batch }), '/request/batch', 'only_with_unit_message');
    refused(withRequest({ batch: { ...batch, recipient: 'to' } }), '/request/batch/recipient', 'invalid_pointer');
    refused(withRequest({ batch: { ...batch, recipient: '/first' } }), '/request/batch/recipient', 'invalid_value');
    refused(withRequest({ batch: { ...batch, separator: '00' } }), '/request/batch/separator', 'invalid_value');
  });

  it('takes no request for a shared one that says something of one message alone', () => {
    const own = { most: 2, recipient: '/[id={{reference}}]' };
    const json = (content: object) => ({ body: { type: 'json', content }, batch: own });
    const each = { '{{each}}': { to: '{{to}}', id: '{{reference}}' } };
    expect(readHttpSettings(withRequest(json({ text: '{{text}}', to: [each] })), secrets).request.batch).toBeTruthy();
    for (const content of [each, { messages: each }, { a: '"{{to}}"' }])
      refused(withRequest(json(content)), '/request/batch', 'separator_or_each_expected');
    const besides = { ...each, text: '{{text}}' };
    refused(withRequest(json({ to: [each, besides] })), '/request/body/content/to/1', 'each_stands_alone');
    const form = { type: 'form', fields: { '{{each}}': '{{to}}' } };
    refused(withRequest({ body: form, batch: own }), '/request/batch', 'separator_or_each_expected');
    for (const once of ['{{to}}', '{{reference}}', '{{ reference }}', '{{number:reference}}'])
      refused(withRequest(json({ once, to: [each] })), '/request/batch', 'one_reference_for_several');
    const spaced = { type: 'json', content: { id: '{{ reference }}' } };
    const listed = { most: 2, separator: ',', recipient: '/{{to}}' };
    refused(withRequest({ body: spaced, batch: listed }), '/request/batch', 'one_reference_for_several');
  });

  it.each([
    'ftp://a.example/',
    'https://{{to}}.example/',
    'https://user:pass@a.example/',
    'https://a.example{{to}}',
    'https://a.example\\@b.example/',
    'https://a.example/x y',
    'https://a.example/#x',
    'https:///x',
    '//a.example/',
    'javascript:alert(1)',
  ])('refuses the address %s', (url) => refused({ request: { url } }, '/request/url', 'invalid_url'));

  it('refuses placeholders where their value cannot stand', () => {
    refused(withRequest({ headers: { 'x-text': '{{text}}' } }), '/request/headers/x-text', 'placeholder_not_allowed');
    refused(withRequest({ headers: { 'x-key': '{{secret.other}}' } }), '/request/headers/x-key', 'secret_missing');
    refused(withRequest({ headers: { Host: 'b.example' } }), '/request/headers/Host', 'header_not_allowed');
    refused(withRequest({ headers: { 'a\r\nb': 'x' } }), '/request/headers/a\r\nb', 'header_not_allowed');
    refused({ ...minimal, auth: { type: 'bearer', token: '{{to}}' } }, '/auth/token', 'placeholder_not_allowed');
    refused(
      withRequest({ body: { type: 'json', content: { a: [{ 'b/c': '{{secret.x}}' }] } } }),
      '/request/body/content/a/0/b~1c',
      'secret_missing',
    );
  });

  it.each([
    ['(', 'invalid_pattern'],
    ['no group', 'group_expected'],
    ['^(a+)+$', 'pattern_too_complex'],
    ['^((ab)*)*$', 'pattern_too_complex'],
    ['(a)\\1', 'pattern_too_complex'],
  ])('refuses the pattern %s', (pattern, code) =>
    refused({ ...minimal, answer: { format: 'text', messageId: { pattern } } }, '/answer/messageId/pattern', code),
  );

  it('wants one source, and one that the format has', () => {
    refused({ ...minimal, answer: { messageId: {} } }, '/answer/messageId', 'one_source_expected');
    refused(
      { ...minimal, answer: { messageId: { pointer: '/a', header: 'b' } } },
      '/answer/messageId',
      'one_source_expected',
    );
    refused({ ...minimal, answer: { messageId: { pointer: 'a' } } }, '/answer/messageId/pointer', 'invalid_pointer');
    refused(
      { ...minimal, answer: { format: 'text', messageId: { pointer: '/a' } } },
      '/answer/messageId/pointer',
      'unknown_field',
    );
  });

  it('wants reports that can be matched', () => {
    const reports = { format: 'json', statuses: {}, fields: { status: '/s' } };
    refused({ ...minimal, reports }, '/reports/fields', 'message_id_or_reference_expected');
    refused(
      { ...minimal, reports: { ...reports, statuses: { DONE: 'great' } } },
      '/reports/statuses/DONE',
      'not_one_of',
    );
    refused({ ...minimal, reports: { ...reports, format: 'form', list: '/x' } }, '/reports/list', 'only_with_json');
  });
});
