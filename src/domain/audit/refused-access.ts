import { defined } from '../defined.ts';
import type { AuditEntry } from './audit-entry.ts';

/** A caller that a door turned away. */
export interface RefusedAccess {
  /** Unique; the same refusal under the same ID is recorded once. */
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  /** Which: `webhook`, `api`, `link`, `temporal`. */
  readonly door: string;
  /** Why, from a closed set of words, such as `token_wrong`. */
  readonly reason: string;
  /** The name that was claimed, where one was. It is not proven. */
  readonly claimed?: string;
  /** Where the caller came from, as far as the door can see. */
  readonly from?: string;
  /** How many refusals this entry stands for, where a door bounds its entries. */
  readonly count?: number;
  readonly remediationId?: string;
  /** In words, for people; never what was presented as a proof. */
  readonly text?: string;
}

/** The entry of a refusal. Its actor is nobody that is known: a claimed name is data. */
export function refusedAccess({ id, at, door, remediationId, ...rest }: RefusedAccess): AuditEntry {
  const { reason, claimed, from, count, text } = rest;
  return {
    key: `access/${door}/${id}`,
    at,
    actor: 'unknown',
    kind: 'access',
    ...defined({ remediationId }),
    data: { door, reason, ...defined({ claimed, from, count, text }) },
  };
}
