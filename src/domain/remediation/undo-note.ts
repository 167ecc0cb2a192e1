import { Undo } from '../actions/contract.ts';

const NOTES: Readonly<Record<Undo, string>> = {
  [Undo.Exact]: 'It is put back if it does not help.',
  [Undo.Forward]: 'If it does not help, a further step makes good.',
  [Undo.None]: 'It cannot be undone.',
};

/** What becomes of a change that does not help, for the approver; undefined for a word of another version. */
export function undoNote(undo: Undo): string | undefined {
  return Object.hasOwn(NOTES, undo) ? NOTES[undo] : undefined;
}
