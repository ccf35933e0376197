import { type CompiledWindow, nextCommonOpening, type WeeklyWindow } from '../../../kernel/time-window.js';

const MAX_KNOWN = 2_000;

/**
 * Windows as they stand in rows (JSON text) made ready once, and answers about one instant given once: most messages of a
 * batch share their windows. What cannot be read is never open: it fails closed.
 */
export class WindowBook {
  private readonly known = new Map<string, WeeklyWindow>();

  /** The window of a row. */
  read(json: string | null): WeeklyWindow | null {
    if (json === null) return null;
    let window = this.known.get(json);
    if (!window) {
      if (this.known.size >= MAX_KNOWN) this.known.clear();
      this.known.set(json, (window = JSON.parse(json) as WeeklyWindow));
    }
    return window;
  }

  /** Answers for one instant. */
  at(now: Date): (windows: readonly (WeeklyWindow | CompiledWindow)[]) => Date | null {
    const answers = new Map<string, Date | null>();
    const numbers = new Map<WeeklyWindow | CompiledWindow, number>();
    const numberOf = (window: WeeklyWindow | CompiledWindow): number => {
      const number = numbers.get(window) ?? numbers.size;
      numbers.set(window, number);
      return number;
    };
    return (windows) => {
      if (windows.length === 0) return now;
      const key = windows.map(numberOf).join();
      let answer = answers.get(key);
      if (answer === undefined) answers.set(key, (answer = nextCommonOpening(windows, now)));
      return answer;
    };
  }
}
