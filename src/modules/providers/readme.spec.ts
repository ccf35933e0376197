import { readFile } from 'node:fs/promises';
import { KINDS } from './kinds/kinds.js';

interface Example {
  code: string;
  kind: 'smpp' | 'http';
  credentials: object;
  settings: object;
}

describe('the README', () => {
  it('shows descriptions that can be saved', async () => {
    const text = await readFile(new URL('../../../../src/modules/providers/README.md', import.meta.url), 'utf8');
    const examples = [...text.matchAll(/```json\n([^]*?)```/g)].map(([, json]) => JSON.parse(json!) as Example);
    expect(examples.map(({ code }) => code)).toEqual(['kannel', 'vonage']);
    for (const { kind, credentials, settings } of examples) {
      KINDS[kind].readSettings(settings, KINDS[kind].readCredentials(credentials));
    }
  });
});
