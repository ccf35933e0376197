import specs from './jest.config.js';

/** `npm run test:peers`: against programs that are not ours, which have to be installed. */
export default { ...specs, roots: ['<rootDir>/dist/test/peers'], testRegex: '\\.peer\\.js$', maxWorkers: 1 };
