import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Told = { ready: unknown } | { answer: unknown } | { failed: string };

/** A lean script in a process of its own, as ours has; it is asked one thing after the other. See {@link serveLean}. */
export class LeanProcess<Ready, Question = never, Answer = never> {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: Ready,
  ) {}

  /** `script` stands in this folder and calls {@link serveLean} with what it makes of `settings`. */
  static async start<Ready, Question = never, Answer = never>(
    script: string,
    settings: unknown,
  ): Promise<LeanProcess<Ready, Question, Answer>> {
    const path = fileURLToPath(new URL(script, import.meta.url));
    const child = fork(path, [JSON.stringify(settings)], { execArgv: ['--max-old-space-size=256'] });
    return new LeanProcess(child, (await told(child)) as Ready);
  }

  get pid(): number {
    return this.child.pid!;
  }

  async ask(question: Question): Promise<Answer> {
    const answer = told(this.child);
    this.child.send({ question });
    return (await answer) as Answer;
  }

  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.disconnect();
    await gone;
  }
}

/** The lean script's side: says that it is ready, answers what it is asked, and ends with whoever started it. */
export function serveLean(ready: unknown, answer?: (question: never) => Promise<unknown>): void {
  process.on('message', ({ question }: { question: never }) => {
    answer?.(question).then(
      (value) => process.send!({ answer: value }),
      (error: unknown) => process.send!({ failed: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.send!({ ready });
}

/** What {@link LeanProcess.start} was given. */
export function leanSettings(): unknown {
  return JSON.parse(process.argv[2]!);
}

function told(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the lean script ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message: Told) => {
      child.off('exit', ended);
      if ('failed' in message) reject(new Error(message.failed));
      else resolve('ready' in message ? message.ready : message.answer);
    });
  });
}
