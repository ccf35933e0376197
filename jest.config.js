/**
 * The specs run from the build, in plain Node processes: each loads the product once, for all the files that it runs, where Jest's own
 * runner would load it anew for every file.
 */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist/src', '<rootDir>/dist/test'],
  testRegex: '\\.spec\\.js$',
  transform: {},
  runner: 'jest-light-runner/child-process',
  setupFilesAfterEnv: ['<rootDir>/test/time-limits.mjs'],
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
  // One more than cores: most of the long specs wait for a peer, a window or a process.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/line-reporter.cjs'],
};
