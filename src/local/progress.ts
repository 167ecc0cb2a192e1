/** One thing being waited for. `update` says how far it is; `done` ends it, with a last word that is worth keeping. */
export interface ProgressTask {
  update: (text: string) => void;
  done: (text?: string) => void;
}

/** Where long operations say what they are at. Tasks may overlap. */
export interface Progress {
  start: (label: string) => ProgressTask;
}

/** Says nothing: for tests and for callers that have no one to tell. */
export const silentProgress: Progress = {
  start: () => ({ update: () => undefined, done: () => undefined }),
};

interface RunningTask {
  label: string;
  text: string;
  startedAt: number;
  /** When a plain line about it was last printed. */
  printedAt: number;
}

/** A stream as far as progress needs one; `process.stderr` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

const quietMs = 2_000;
const plainEveryMs = 10_000;
const redrawEveryMs = 200;

/**
 * Progress for people. On a terminal one line is redrawn with every running task and its seconds; elsewhere a task
 * prints a plain line after 2 s and then every 10 s. A task's last word is a line of its own, in both.
 */
export function terminalProgress(stream: ProgressStream = process.stderr): Progress {
  const tasks = new Set<RunningTask>();
  const live = stream.isTTY === true;
  let timer: NodeJS.Timeout | undefined;

  const seconds = (task: RunningTask) => (performance.now() - task.startedAt) / 1000;
  const describe = (task: RunningTask) =>
    `${task.label}${task.text === '' ? '' : `: ${task.text}`} (${seconds(task).toFixed(0)} s)`;
  const erase = () => live && stream.write('\r\u001b[2K');

  const draw = () => {
    if (live) {
      const line = [...tasks].map(describe).join(' | ');
      const width = (stream.columns ?? 100) - 1;
      erase();
      stream.write(line.length > width ? `${line.slice(0, width - 1)}…` : line);
      return;
    }
    const now = performance.now();
    for (const task of tasks) {
      const since = task.printedAt === 0 ? now - task.startedAt - quietMs : now - task.printedAt - plainEveryMs;
      if (since < 0) continue;
      task.printedAt = now;
      stream.write(`${describe(task)}\n`);
    }
  };

  return {
    start(label) {
      const task: RunningTask = { label, text: '', startedAt: performance.now(), printedAt: 0 };
      tasks.add(task);
      // The timer must not keep a finished program alive.
      timer ??= setInterval(draw, redrawEveryMs).unref();
      return {
        update: (text) => {
          task.text = text;
        },
        done: (text) => {
          if (!tasks.delete(task)) return;
          erase();
          if (text !== undefined) stream.write(`${label}: ${text} (${seconds(task).toFixed(1)} s)\n`);
          if (tasks.size === 0) {
            clearInterval(timer);
            timer = undefined;
          }
        },
      };
    },
  };
}
