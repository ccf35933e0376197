import { RequestWindow, type WindowRequest } from './request-window.js';

class Probe implements WindowRequest<string> {
  readonly heard: string[] = [];
  deadline = 0;

  answered(status: number, messageId: string): void {
    this.heard.push(`answered ${status} ${messageId}`);
  }
  timedOut(): void {
    this.heard.push('timed out');
  }
  lost(written: boolean, code: string): void {
    this.heard.push(`lost ${written ? 'written' : 'unwritten'} ${code}`);
  }
  answeredLate(status: number, messageId: string): void {
    this.heard.push(`late ${status} ${messageId}`);
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('RequestWindow', () => {
  const open = (timeoutMs: number) => {
    const timeouts: number[] = [];
    const window = new RequestWindow<string>(timeoutMs, () => timeouts.push(window.size));
    const probes = [1, 2, 3, 4].map(() => new Probe());
    probes.forEach((probe, index) => window.add(index + 1, probe));
    return { window, probes, timeouts };
  };
  const heard = (probes: Probe[]) => probes.map((probe) => probe.heard);

  it('matches answers by sequence number, in any order, once', () => {
    const { window, probes } = open(1000);
    window.written();
    window.answer(3, 0, 'c');
    window.answer(1, 8, '');
    window.answer(1, 0, 'again');
    window.answer(99, 0, 'nobody');
    expect(heard(probes)).toEqual([['answered 8 '], [], ['answered 0 c'], []]);
    expect(window.size).toBe(2);
    window.close('gone');
  });

  it('tells apart what was written and what was not', () => {
    const { window, probes } = open(1000);
    window.written();
    const young = new Probe();
    window.add(5, young);
    window.answer(2, 0, 'b');
    window.close('ECONNRESET');
    expect(heard([...probes, young])).toEqual([
      ['lost written ECONNRESET'],
      ['answered 0 b'],
      ['lost written ECONNRESET'],
      ['lost written ECONNRESET'],
      ['lost unwritten ECONNRESET'],
    ]);
  });

  it('times out in order, and remembers for a late answer', async () => {
    const { window, probes, timeouts } = open(400);
    window.written();
    await wait(300);
    const young = new Probe();
    window.add(5, young);
    window.written();
    window.answer(2, 0, 'b');
    // Those of one moment, which a busy machine may have made several.
    while (probes[3]!.heard.length === 0) await wait(2);
    expect(heard([...probes, young])).toEqual([['timed out'], ['answered 0 b'], ['timed out'], ['timed out'], []]);
    expect(timeouts.at(-1)).toBe(1);
    window.answer(3, 0, 'c');
    window.answer(3, 0, 'c');
    expect(probes[2]!.heard).toEqual(['timed out', 'late 0 c']);
    window.close('gone');
    expect(young.heard).toEqual(['lost written gone']);
  });

  it('goes on when somebody who is told of a time-out submits at once', async () => {
    const window = new RequestWindow<string>(20, () => undefined);
    let sequence = 0;
    const chain: Probe[] = [];
    const submit = () => {
      const probe = new Probe();
      probe.timedOut = () => {
        probe.heard.push('timed out');
        if (chain.length < 5) submit();
      };
      chain.push(probe);
      window.add(++sequence, probe);
      window.written();
    };
    submit();
    while (chain.length < 5 || chain[4]!.heard.length === 0) await wait(2);
    expect(chain.map((probe) => probe.heard)).toEqual(chain.map(() => ['timed out']));
    expect(window.size).toBe(0);
  });

  it('reads the socket before it believes a timer, when the process itself was busy', async () => {
    const { window, probes } = open(20);
    window.written();
    // The answer is "in the socket": it is read in the poll phase, behind the timers and before setImmediate.
    setTimeout(() => {
      const busyUntil = performance.now() + 40;
      while (performance.now() < busyUntil);
    }, 10);
    setTimeout(() => window.answer(1, 0, 'a'), 21);
    while (probes[1]!.heard.length === 0) await wait(2);
    expect(probes[0]!.heard).toEqual(['answered 0 a']);
    expect(probes[1]!.heard).toEqual(['timed out']);
  });
});
