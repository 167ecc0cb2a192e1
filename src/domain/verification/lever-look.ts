import type { Standing } from '../actions/effects.ts';

/** Whether what the action had set still stands, seen at the time of a sample. A cure that holds after it was moved is not ours. */
export type LeverLook =
  | { readonly status: 'ours' }
  | { readonly status: 'moved'; readonly text: string }
  /** It could not be asked: no proof rests on that. */
  | { readonly status: 'unseen' };

export function lookOf(standing: Standing): LeverLook {
  return standing.status === 'stands' ? { status: 'ours' } : { status: 'moved', text: standing.text };
}
