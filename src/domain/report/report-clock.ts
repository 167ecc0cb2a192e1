import { momentText } from '../text/moment-text.ts';

/** The times of a story: the day is said with the first, and again only where another has begun. */
export function storyClock(times: readonly string[]): string[] {
  return times.map((at, index) => {
    const text = momentText(at);
    const [day, clock] = text.split(' ');
    const before = index === 0 ? undefined : momentText(times[index - 1] ?? '').split(' ')[0];
    return day === before && clock !== undefined ? clock : text;
  });
}
