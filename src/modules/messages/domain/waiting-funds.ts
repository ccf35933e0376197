import type { Micros } from '../../../kernel/money.js';

/**
 * How many of the messages, oldest first, the money reaches for. It stops at the first that it does not: a dear message must not
 * wait for ever because cheaper ones behind it take every top-up. A wallet beyond its limit pays for nothing, not even for what is free.
 */
export function affordable(messages: readonly { priceMicros: Micros }[], spendableMicros: Micros): number {
  let left = spendableMicros;
  const short = messages.findIndex(({ priceMicros }) => {
    left -= priceMicros;
    return left < 0n;
  });
  return short === -1 ? messages.length : short;
}
