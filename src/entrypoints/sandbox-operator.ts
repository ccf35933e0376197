import { readOperatorConfig } from '../sandbox/operator-config.js';
import { SandboxOperator } from '../sandbox/sandbox-operator.js';

/**
 * Runs the sandbox operator as a process of its own: `node dist/src/entrypoints/sandbox-operator.js '{"port":2775}'`.
 * Prints one line of JSON with the ports once it can be reached, and stops cleanly on SIGTERM and SIGINT. Started as a child
 * with an IPC channel, it also stops when its parent is gone.
 */
const operator = await SandboxOperator.start(readOperatorConfig(process.argv[2] ?? '{}'));
console.log(JSON.stringify({ ready: true, pid: process.pid, ...operator.ports }));

let stopping = false;
const stop = (): void => {
  if (stopping) return;
  stopping = true;
  void operator.stop().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.on('disconnect', stop);
