import type { RemediationNotice } from './notification.ts';

/** How people who are asked may answer: by links that are made for them, or each under their own name. */
export type WaysToVote =
  | { readonly kind: 'links' }
  /** `hint` says how, in one line. */
  | { readonly kind: 'own_name'; readonly hint: string };

/**
 * How the people whom a notice asks may answer; undefined where it asks nobody. A link is made for a role, and all links
 * come in one message: whoever reads it could vote once as each. So where several people have to agree there are none.
 */
export function waysToVote({
  remediationId,
  approval,
}: Pick<RemediationNotice, 'remediationId' | 'approval'>): WaysToVote | undefined {
  if (approval === undefined) return undefined;
  const { quorum = 1 } = approval;
  if (quorum <= 1) return { kind: 'links' };
  return {
    kind: 'own_name',
    hint:
      `${quorum} different people have to approve, each under their own name: ` +
      `mendloop approve ${quoted(remediationId)} --reason '...', or POST /api/v1/remediations/{id}/approve; reject likewise`,
  };
}

/** As one word of a POSIX shell. The name of an alert is in the ID, and an apostrophe is not percent-encoded. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
