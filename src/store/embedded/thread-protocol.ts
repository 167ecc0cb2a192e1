import type { FailureType } from '../../domain/failures.ts';
import type { SqlRow, Statement } from '../database.ts';

/** What the thread of the embedded database is asked. */
export type ThreadAsk =
  { readonly what: 'run'; readonly id: number; readonly statement: Statement } | { readonly what: 'close' };

/** What it says: that it is open, or why it cannot be; then an answer for each statement. */
export type ThreadAnswer =
  | { readonly what: 'open' }
  | { readonly what: 'refused'; readonly message: string }
  | { readonly what: 'rows'; readonly id: number; readonly rows: readonly SqlRow[] }
  | {
      readonly what: 'failed';
      readonly id: number;
      readonly type: FailureType;
      readonly message: string;
      readonly isBroken: boolean;
    };
