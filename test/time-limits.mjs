import { addEventHandler } from 'jest-circus';

/** Some specs start several processes, each of which takes seconds on a busy machine. */
const LIMIT_MS = 60_000;

/** The runner awaits tests and hooks for ever: this ends one that hangs, after the time it asks for or {@link LIMIT_MS}. */
addEventHandler(({ name }, { currentDescribeBlock }) => {
  if (name === 'add_test') limit(currentDescribeBlock.children.at(-1));
  if (name === 'add_hook') limit(currentDescribeBlock.hooks.at(-1));
});

function limit(step) {
  const { fn, timeout = LIMIT_MS } = step;
  if (!fn) return;
  if (fn.length > 0) throw new Error('A test returns a promise; it is not given a callback.');
  step.fn = async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Not done within ${timeout} ms`)), timeout);
    });
    try {
      return await Promise.race([fn(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
