import { type ApprovalState, rolesAsked } from '../../domain/approval/approval.ts';
import { hasRole, Role } from '../../domain/decision/roles.ts';
import type { Me } from '../types.ts';

/** Whether a person may pause, resume, reset and undo. The API judges too; this only leaves out what it would refuse. */
export function mayOperate(me: Me | undefined): boolean {
  return me !== undefined && hasRole(me.roles, [Role.Operator]);
}

/** Whether a person has a say in an approval. */
export function mayVote(me: Me | undefined, { clause }: ApprovalState): boolean {
  return me !== undefined && hasRole(me.roles, rolesAsked(clause));
}
