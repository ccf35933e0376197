const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes long begins first, also in a clone that has no times of its own yet: the last file to end keeps one core busy, not two. */
const LONGEST = [
  'scenarios/soak',
  'scenarios/large-list',
  'integration/database/embedded',
  'scenarios/worker-is-killed',
  'scenarios/provider-',
  'integration/providers/rate-gates',
  'api/wrong-input',
  'integration/dispatch/',
  'scenarios/',
];

const rank = ({ path }) => {
  const found = LONGEST.findIndex((part) => path.includes(part));
  return found < 0 ? LONGEST.length : found;
};

module.exports = class LongestFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
};
