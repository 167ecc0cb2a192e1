import { InvalidArgumentError, Option } from 'commander';
import { durationSeconds } from '../domain/query/promql-duration.ts';

/** Thirty days: what is looked back on where nothing is said. */
const DEFAULT_SINCE = '30d';

/** How far to look back, as milliseconds in the command's `since`. */
export function sinceOption(): Option {
  return new Option('--since <duration>', 'only remediations that ended in this time: 30d, 12h')
    .argParser(parseSince)
    .default(parseSince(DEFAULT_SINCE), DEFAULT_SINCE);
}

/** Milliseconds of a duration such as `30d` or `12h`, for an option of a command. */
export function parseSince(text: string): number {
  const seconds = /^\d+[smhdwy]/.test(text) ? parsed(text) : undefined;
  if (seconds === undefined || seconds <= 0) throw new InvalidArgumentError('a duration is wanted, such as 30d or 12h');
  return seconds * 1000;
}

function parsed(text: string): number | undefined {
  try {
    return durationSeconds(text);
  } catch {
    return undefined;
  }
}
