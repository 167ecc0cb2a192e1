import { z } from 'zod';
import type { JsonValue } from '../audit/canonical-json.ts';

/** Annotation of an applier that is paused: what it had before, and for which remediations. */
export const PAUSE_MARK = 'mendloop.dev/paused-for';

const markSchema = z.strictObject({
  /** Of the field; null: it was not there. */
  before: z.json(),
  by: z.array(z.string()).min(1),
});

export interface PauseMark {
  readonly before: JsonValue;
  /** IDs of remediations; the last one to end puts back what was before. */
  readonly by: readonly string[];
}

/** Undefined: there is none, or none that Mendloop can have written. */
export function readPauseMark(text: string | undefined): PauseMark | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = markSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export function writePauseMark({ before, by }: PauseMark): string {
  return JSON.stringify({ before, by });
}

/** What is to be written so that an applier is paused for one more remediation; undefined: nothing. */
export type PauseStep =
  | { readonly do: 'nothing'; readonly because: 'paused_already' | 'does_not_heal' }
  | { readonly do: 'pause'; readonly mark: PauseMark }
  /** It is paused for others: only the mark is written. */
  | { readonly do: 'join'; readonly mark: PauseMark };

export interface PauseState {
  /** Of the field that pauses it; null: it is not there. */
  readonly value: JsonValue;
  /** It does not put changes back as it stands. */
  readonly isPaused: boolean;
  /** It stands as a pause leaves it, and not as another hand may have put it since. */
  readonly isAsSet: boolean;
  readonly mark: PauseMark | undefined;
}

export function pauseStep({ value, isPaused, mark }: PauseState, remediationId: string): PauseStep {
  if (!isPaused) return { do: 'pause', mark: { before: value, by: [remediationId] } };
  // Another hand has paused it, and will know when to end that.
  if (mark === undefined) return { do: 'nothing', because: 'does_not_heal' };
  if (mark.by.includes(remediationId)) return { do: 'nothing', because: 'paused_already' };
  return { do: 'join', mark: { ...mark, by: [...mark.by, remediationId] } };
}

export type ResumeStep =
  /** No pause of this remediation's is there. */
  | { readonly do: 'nothing' }
  /** Others still need it. */
  | { readonly do: 'leave'; readonly mark: PauseMark }
  | { readonly do: 'put_back'; readonly value: JsonValue }
  /** Another hand has ended the pause: only the mark is taken off. */
  | { readonly do: 'unmark' };

export function resumeStep({ isAsSet, mark }: PauseState, remediationId: string): ResumeStep {
  if (mark?.by.includes(remediationId) !== true) return { do: 'nothing' };
  if (!isAsSet) return { do: 'unmark' };
  const by = mark.by.filter((id) => id !== remediationId);
  return by.length > 0 ? { do: 'leave', mark: { ...mark, by } } : { do: 'put_back', value: mark.before };
}
