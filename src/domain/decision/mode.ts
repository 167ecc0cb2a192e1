/** How far Mendloop may go by itself, from least to most. */
export const Mode = {
  /** Nothing is done and nothing is measured. */
  Off: 'off',
  /** Decide, never act. */
  Observe: 'observe',
  /** A human says yes first. */
  Approve: 'approve',
  Auto: 'auto',
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

export const modes = [Mode.Off, Mode.Observe, Mode.Approve, Mode.Auto] as const;

/** The more careful of two. */
export function lesserMode(a: Mode, b: Mode): Mode {
  return modes.indexOf(a) <= modes.indexOf(b) ? a : b;
}
