import { inQuotes } from '../text/shell-word.ts';
import type { RemediationNotice } from './notification.ts';

type Question = Pick<RemediationNotice, 'remediationId' | 'approval'>;

/** How people who are asked may answer: by links that are made for them, or each under their own name. */
export type WaysToVote =
  | { readonly kind: 'links' }
  /** `hint` says how, in one line. */
  | { readonly kind: 'own_name'; readonly hint: string };

/**
 * How the people whom a notice asks may answer, in a channel that none but they can read; undefined where it asks nobody. A
 * link is made for a role, and all links come in one message: its reader could vote once as each. So where several people
 * have to agree there are none.
 */
export function waysToVote(notice: Question): WaysToVote | undefined {
  return (notice.approval?.quorum ?? 1) <= 1 && notice.approval !== undefined ? { kind: 'links' } : byName(notice);
}

/** The same in any other channel. */
export function byName({ remediationId, approval }: Question): WaysToVote | undefined {
  if (approval === undefined) return undefined;
  const { quorum = 1 } = approval;
  const who =
    quorum <= 1
      ? 'One person has to approve, under their own name'
      : `${quorum} different people have to approve, each under their own name`;
  return {
    kind: 'own_name',
    hint:
      `${who}: mendloop approve ${inQuotes(remediationId)} --reason '...', ` +
      'or POST /api/v1/remediations/{id}/approve; reject likewise',
  };
}
