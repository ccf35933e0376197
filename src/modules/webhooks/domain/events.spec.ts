import { newId } from '../../../kernel/ids.js';
import { eventIdOf } from './events.js';

describe('the id of an event', () => {
  const subject = newId(new Date('2026-03-02T12:00:00Z'));

  it('follows from what it is about, and is another one for anything else', () => {
    const id = eventIdOf('message.inbound', subject);
    expect(eventIdOf('message.inbound', subject)).toBe(id);
    expect(eventIdOf('webhook.test', subject)).not.toBe(id);
    expect(eventIdOf('message.inbound', newId(new Date('2026-03-02T12:00:00Z')))).not.toBe(id);
  });

  it('is a UUID that sorts where the thing does', () => {
    const ids = ['2026-03-02T12:00:00Z', '2026-03-02T12:00:01Z', '2026-04-01T00:00:00Z'].map((at) =>
      eventIdOf('message.inbound', newId(new Date(at))),
    );
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids.toSorted()).toEqual(ids);
  });
});
