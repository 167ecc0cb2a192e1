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
 * Progress for people: one line with every running task and its seconds. On a terminal it is redrawn; elsewhere it is
 * printed after 2 s and then every 10 s. A task's last word is a line of its own, in both.
 */
export function terminalProgress(stream: ProgressStream = process.stderr): Progress {
  const tasks = new Set<RunningTask>();
  const live = stream.isTTY === true;
  let timer: NodeJS.Timeout | undefined;
  /** When a plain line was last printed. */
  let printedAt: number | undefined;

  const seconds = (task: RunningTask) => (performance.now() - task.startedAt) / 1000;
  const describe = (task: RunningTask) =>
    `${task.label}${task.text === '' ? '' : `: ${task.text}`} (${seconds(task).toFixed(0)} s)`;
  const erase = () => live && stream.write('\r\u001b[2K');

  const draw = () => {
    const line = [...tasks].map(describe).join(' | ');
    if (live) {
      const width = (stream.columns ?? 100) - 1;
      erase();
      stream.write(line.length > width ? `${line.slice(0, width - 1)}…` : line);
      return;
    }
    const now = performance.now();
    const dueAt =
      printedAt === undefined
        ? Math.min(...[...tasks].map(({ startedAt }) => startedAt)) + quietMs
        : printedAt + plainEveryMs;
    if (now < dueAt) return;
    printedAt = now;
    stream.write(`${line}\n`);
  };

  return {
    start(label) {
      const task: RunningTask = { label, text: '', startedAt: performance.now() };
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
            printedAt = undefined;
          }
        },
      };
    },
  };
}
