/** Roles that Mendloop itself knows; approval clauses may name any others. */
export const Role = {
  /** May look. So may everybody else who is known by name. */
  Viewer: 'viewer',
  /** May approve and reject where the clause names no role of its own. */
  Approver: 'approver',
  /** May pause, resume, reset a guard and undo. */
  Operator: 'operator',
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** Stands for every role there is: the owner of the machine itself has it. No settings can give it. */
export const ALL_ROLES = '*';

/** Whether one of the roles that a person has is one of those asked for. */
export function hasRole(has: readonly string[], asked: readonly string[]): boolean {
  return has.includes(ALL_ROLES) || asked.some((role) => has.includes(role));
}
