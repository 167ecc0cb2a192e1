import { plainText } from '../remediation/remediation-details.ts';
import type { RecentEntry } from './recent.ts';

export interface GuardDetails {
  readonly facts: readonly (readonly [string, string])[];
  readonly recent: readonly RecentEntry[];
  /** Epoch ms of the last change. */
  readonly at: number;
}

/** A guard as Markdown: its facts, and what happened last, newest first. */
export function renderGuard({ facts, recent, at }: GuardDetails): string {
  return [
    ...facts.map(([name, value]) => `- **${name}:** ${plainText(value)}`),
    `- **As of:** ${new Date(at).toISOString()}`,
    '',
    ...recent.toReversed().map(({ at: time, text, times }) => {
      const often = times > 1 ? ` (${times} times)` : '';
      return `- ${new Date(time).toISOString()} ${plainText(text)}${often}`;
    }),
  ].join('\n');
}
