import type { ApprovalClause } from '../plan/approval-clause.ts';
import { momentText } from '../text/moment-text.ts';
import { cut, plainLine } from '../text/plain-text.ts';
import { hasRole, Role } from '../decision/roles.ts';
import { personKey } from './person.ts';

/** One person's word on a planned change. */
export interface Vote {
  readonly approve: boolean;
  /** Who; spellings that differ in case, spaces or what cannot be seen are one person. */
  readonly by: string;
  readonly roles: readonly string[];
  readonly reason: string;
  readonly via: 'http' | 'cli' | 'link';
  /** ID of the one-time link used, if one was. */
  readonly linkId?: string;
  /** Of a link: the `requestedAt` of the request that it was made for. */
  readonly round?: string;
}

/** A vote that counted. */
export interface CountedVote extends Omit<Vote, 'linkId' | 'round'> {
  /** RFC 3339, the workflow's clock. */
  readonly at: string;
}

/**
 * - `pending`: votes are taken until `deadlineAt`.
 * - `approved`, `rejected`: decided by votes.
 * - `expired`: the deadline passed. `moot`: the alert resolved first.
 */
export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'moot';

/** All that is known of one request for approval; every change of it is a new value. */
export interface ApprovalState {
  readonly status: ApprovalStatus;
  readonly clause: ApprovalClause;
  /** Who asked for the change, if a person did: another one has to approve it. */
  readonly requestedBy?: string;
  /** RFC 3339, as all times here, by the workflow's clock. */
  readonly requestedAt: string;
  readonly deadlineAt: string;
  /** When it ceased to be pending. */
  readonly endedAt?: string;
  /** At most one of each person, oldest first. */
  readonly votes: readonly CountedVote[];
  /** IDs of the one-time links that have been used. */
  readonly usedLinks: readonly string[];
}

/** Longest texts of a vote, in UTF-16 code units: they are stored with the workflow. */
const MAX_NAME = 200;
const MAX_REASON = 2000;
const MAX_ROLES = 100;

/** Asks for approval; `at` is milliseconds since the epoch, as every time given here. */
export function requestApproval(request: {
  readonly clause: ApprovalClause;
  readonly at: number;
  readonly requestedBy?: string;
}): ApprovalState {
  const { clause, at, requestedBy } = request;
  return {
    status: 'pending',
    clause,
    ...(requestedBy === undefined ? {} : { requestedBy }),
    requestedAt: iso(at),
    deadlineAt: iso(at + clause.deadlineSeconds * 1000),
    votes: [],
    usedLinks: [],
  };
}

/** Roles of which a voter must have one. */
export function rolesAsked({ roles }: ApprovalClause): readonly string[] {
  return roles.length > 0 ? roles : [Role.Approver];
}

/** How many more people must approve; 0 unless pending. */
export function votesMissing({ status, clause, votes }: ApprovalState): number {
  return status === 'pending' ? clause.quorum - votes.filter(({ approve }) => approve).length : 0;
}

/**
 * Why a vote does not count, as a sentence for the voter; undefined if it does. Synchronous and total, whatever it
 * is given, because an update validator calls it with what came over the network.
 */
export function voteProblem(state: ApprovalState, vote: Vote, now: number): string | undefined {
  return endProblem(state, now) ?? formProblem(vote) ?? voterProblem(state, vote);
}

/** The state after a vote at `at`. A vote that has a problem changes nothing: ask `voteProblem` first. */
export function castVote(state: ApprovalState, vote: Vote, at: number): ApprovalState {
  if (voteProblem(state, vote, at) !== undefined) return state;
  const { linkId, approve, by, roles, reason, via } = vote;
  const next: ApprovalState = {
    ...state,
    votes: [...state.votes, { approve, by: by.trim(), roles, reason, via, at: iso(at) }],
    usedLinks: linkId === undefined ? state.usedLinks : [...state.usedLinks, linkId],
  };
  if (!approve) return { ...next, status: 'rejected', endedAt: iso(at) };
  return votesMissing(next) === 0 ? { ...next, status: 'approved', endedAt: iso(at) } : next;
}

/** Ends a request that no vote has decided: its deadline passed, or the alert resolved. A decided one stays as it is. */
export function endApproval(state: ApprovalState, status: 'expired' | 'moot', at: number): ApprovalState {
  return state.status === 'pending' ? { ...state, status, endedAt: iso(at) } : state;
}

/** Where a request stands, in one sentence for people. */
export function describeApproval(state: ApprovalState): string {
  const { status, clause, votes, deadlineAt } = state;
  const approvers = names(votes.filter(({ approve }) => approve));
  switch (status) {
    case 'pending': {
      const missing = votesMissing(state);
      const so = approvers === '' ? '' : `, ${approvers} so far`;
      const who = `${missing} approval${missing === 1 ? '' : 's'} by ${rolesAsked(clause).join(' or ')}`;
      return `waiting for ${who} until ${momentText(deadlineAt)}${so}`;
    }
    case 'approved':
      return `approved by ${approvers}`;
    case 'rejected': {
      const rejection = votes.at(-1);
      const reason = plainLine(rejection?.reason ?? '');
      return `rejected by ${person(rejection?.by ?? '')}${reason === '' ? '' : `: ${cut(reason, 300)}`}`;
    }
    case 'expired':
      return `not approved by the deadline, ${momentText(deadlineAt)}${approvers === '' ? '' : `; only ${approvers} did`}`;
    case 'moot':
      return 'the alert resolved before it was decided';
  }
}

function endProblem(state: ApprovalState, now: number): string | undefined {
  const { status, votes, deadlineAt } = state;
  switch (status) {
    case 'moot':
      return 'the alert has resolved: there is nothing left to approve, and nothing is done';
    case 'approved':
      return `it has been approved already, by ${names(votes)}`;
    case 'rejected':
      return `${person(votes.at(-1)?.by ?? '')} has rejected it already`;
    case 'expired':
      return `the deadline passed at ${deadlineAt}`;
    case 'pending':
      return now < Date.parse(deadlineAt) ? undefined : `the deadline passed at ${deadlineAt}`;
  }
}

/** What a vote must be, by the types; a client of Temporal may send anything. */
function formProblem(vote: unknown): string | undefined {
  if (typeof vote !== 'object' || vote === null) return 'the vote is malformed';
  const { approve, by, roles, reason, via, linkId, round } = vote as Partial<Record<keyof Vote, unknown>>;
  if (typeof by !== 'string' || personKey(by) === '') return 'it does not say who votes';
  if (by.length > MAX_NAME) return `the name of who votes has more than ${MAX_NAME} characters`;
  if (typeof reason !== 'string') return 'the vote is malformed';
  if (reason.length > MAX_REASON) return `the reason has more than ${MAX_REASON} characters`;
  const hasRoles = Array.isArray(roles) && roles.length <= MAX_ROLES && roles.every((role) => typeof role === 'string');
  const isOfLink = via === 'link' && typeof linkId === 'string' && typeof round === 'string';
  const isKnownWay = via === 'http' || via === 'cli' || isOfLink;
  const hasLink = linkId === undefined || (typeof linkId === 'string' && linkId !== '' && linkId.length <= MAX_NAME);
  return typeof approve === 'boolean' && hasRoles && isKnownWay && hasLink ? undefined : 'the vote is malformed';
}

function voterProblem(state: ApprovalState, vote: Vote): string | undefined {
  const { clause, votes, usedLinks, requestedBy, requestedAt } = state;
  const { by, roles, approve, linkId, round } = vote;
  if (round !== undefined && round !== requestedAt) return 'this link was made for another request for approval';
  if (linkId !== undefined && usedLinks.includes(linkId)) return 'this link has been used';
  if (votes.some((cast) => isSamePerson(cast.by, by))) return `${person(by)} has voted already`;
  if (!hasRole(roles, rolesAsked(clause))) {
    return `${person(by)} has none of the roles that may decide: ${rolesAsked(clause).join(', ')}`;
  }
  // Who asked may still take it back.
  if (approve && requestedBy !== undefined && isSamePerson(requestedBy, by)) {
    return `${person(by)} asked for the change, so somebody else has to approve it`;
  }
  return undefined;
}

function isSamePerson(one: string, other: string): boolean {
  return personKey(one) === personKey(other);
}

function names(votes: readonly CountedVote[]): string {
  return votes.map(({ by }) => person(by)).join(', ');
}

function person(name: string): string {
  return cut(plainLine(name), 80);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
