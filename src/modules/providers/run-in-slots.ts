import { isMissed } from './domain/rate.js';

/**
 * Calls `write` with the indexes of the slots that are due, in order and at their time (those of one timer tick together),
 * and `miss` with those whose time had passed by more than the tolerance because this process was busy. Every index is
 * reported exactly once; resolves after the last. When `signal` aborts, the rest is missed at once.
 */
export function runInSlots(
  slots: readonly Date[],
  now: () => Date,
  handlers: { write: (indexes: number[]) => void; miss: (indexes: number[]) => void },
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    let next = 0;
    let timer: NodeJS.Timeout | undefined;
    const from = (first: number) => Array.from({ length: next - first }, (_, offset) => first + offset);

    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    const abort = () => {
      const first = next;
      next = slots.length;
      if (next > first) handlers.miss(from(first));
      finish();
    };
    const step = () => {
      const instant = now();
      const first = next;
      while (next < slots.length && slots[next]! <= instant) next++;
      const due = from(first);
      const missed = due.filter((index) => isMissed(slots[index]!, instant));
      if (missed.length > 0) handlers.miss(missed);
      if (missed.length < due.length) handlers.write(due.slice(missed.length));
      if (next === slots.length) finish();
      else timer = setTimeout(step, slots[next]!.getTime() - instant.getTime());
    };

    if (signal?.aborted) abort();
    else {
      signal?.addEventListener('abort', abort, { once: true });
      step();
    }
  });
}
