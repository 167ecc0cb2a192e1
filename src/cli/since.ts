import { InvalidArgumentError } from 'commander';
import { durationSeconds } from '../domain/query/promql-duration.ts';

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
