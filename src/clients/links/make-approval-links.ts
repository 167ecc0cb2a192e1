import type { LinkApprover } from '../../domain/approval/approval-link.ts';
import { newLinkId, signLink } from './approval-link.ts';

/** Below the API's address. */
export const LINK_PATH = '/approvals';

export interface LinkMaker {
  /** How people reach the API, without a slash at the end. */
  readonly publicUrl: string;
  readonly secret: string;
}

export interface LinksWanted {
  readonly remediationId: string;
  /** See `LinkClaims`. */
  readonly round: string;
  /** Milliseconds since the epoch, after which the links are of no use. */
  readonly deadlineAt: number;
  readonly approvers: readonly LinkApprover[];
}

/** A link that lets its holder vote as `name`, once. */
export interface ApprovalLink {
  readonly name: string;
  readonly url: string;
}

/** A link for each approver. Every call makes new ones; a person counts once, whatever links they have. */
export function makeApprovalLinks({ publicUrl, secret }: LinkMaker, wanted: LinksWanted): ApprovalLink[] {
  const { remediationId, round, deadlineAt, approvers } = wanted;
  return approvers.map(({ name, roles }) => {
    const claims = { remediationId, round, linkId: newLinkId(), name, roles, expiresAt: Math.floor(deadlineAt) };
    return { name, url: `${publicUrl}${LINK_PATH}/${signLink(claims, secret)}` };
  });
}
