import { cut, plainLine } from '../text/plain-text.ts';

/** Something that happened to a guard, for people. */
export interface RecentEntry {
  /** Epoch ms; of the last one where several of the same kind follow each other. */
  readonly at: number;
  readonly text: string;
  /** How often in a row. */
  readonly times: number;
}

const MAX_RECENT = 20;
const MAX_TEXT = 400;

/** Adds to the newest events; repetitions are counted, so that a storm does not push out what matters. */
export function withRecent(recent: readonly RecentEntry[], at: number, text: string): readonly RecentEntry[] {
  const line = bounded(text);
  const last = recent.at(-1);
  if (last?.text === line) return [...recent.slice(0, -1), { ...last, at, times: last.times + 1 }];
  return [...recent, { at, text: line, times: 1 }].slice(-MAX_RECENT);
}

/** Text from outside, as a guard keeps and shows it: one line, nothing unseen, not too long. */
export function bounded(text: string, max = MAX_TEXT): string {
  return cut(plainLine(text), max);
}
