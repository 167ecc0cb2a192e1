import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalState,
  castVote,
  describeApproval,
  endApproval,
  requestApproval,
  type Vote,
  voteProblem,
  votesMissing,
} from '../../../src/domain/approval/approval.ts';
import { type ApprovalClause, approvalClauseSchema } from '../../../src/domain/plan/approval-clause.ts';
import { ALL_ROLES } from '../../../src/domain/decision/roles.ts';

const START = Date.parse('2026-01-01T12:00:00Z');
const clause = (overrides: Partial<ApprovalClause> = {}) =>
  approvalClauseSchema.parse({ deadlineSeconds: 600, ...overrides });
const asked = (overrides: Partial<ApprovalClause> = {}, requestedBy?: string) =>
  requestApproval({ clause: clause(overrides), at: START, ...(requestedBy === undefined ? {} : { requestedBy }) });
const vote = (overrides: Partial<Vote> = {}): Vote => ({
  ...{ approve: true, by: 'ann', roles: ['approver'], reason: 'looks right', via: 'http' },
  ...overrides,
});
const after = (seconds: number) => START + seconds * 1000;
const cast = (state: ApprovalState, ...votes: Partial<Vote>[]) =>
  votes.reduce((next, one, index) => castVote(next, vote(one), after(index + 1)), state);

describe('an approval', () => {
  it('records identity, reason and time, and is over when enough people approve', () => {
    const state = castVote(asked(), vote({ roles: ['approver', 'sre'] }), after(5));
    expect(state).toMatchObject({
      status: 'approved',
      requestedAt: '2026-01-01T12:00:00.000Z',
      deadlineAt: '2026-01-01T12:10:00.000Z',
      endedAt: '2026-01-01T12:00:05.000Z',
      votes: [{ by: 'ann', approve: true, reason: 'looks right', via: 'http', roles: ['approver', 'sre'] }],
    });
    expect(state.votes[0]?.at).toBe('2026-01-01T12:00:05.000Z');
  });

  it('needs as many different people as its quorum says', () => {
    const one = cast(asked({ quorum: 3 }), { by: 'ann' });
    expect(one.status).toBe('pending');
    expect(votesMissing(one)).toBe(2);
    const two = cast(one, { by: 'ann' }, { by: 'Bob' });
    expect(votesMissing(two)).toBe(1);
    expect(cast(two, { by: 'cy' }).status).toBe('approved');
  });

  it('ends with one rejection', () => {
    const state = cast(
      asked({ quorum: 2 }),
      { by: 'ann' },
      { by: 'bob', approve: false, reason: 'it is\nthe database' },
    );
    expect(state.status).toBe('rejected');
    expect(describeApproval(state)).toBe('rejected by bob: it is the database');
    expect(voteProblem(state, vote({ by: 'cy' }), after(9))).toBe('bob has rejected it already');
  });

  it.each(['ann', 'Ann', ' ann ', 'a\u200bnn', '\uff41nn'])('takes %j for the ann who voted before', (by) => {
    const state = cast(asked({ quorum: 2 }), { by: 'ann' });
    expect(voteProblem(state, vote({ by }), after(2))).toMatch(/ has voted already$/);
    expect(voteProblem(state, vote({ by, approve: false }), after(2))).toMatch(/ has voted already$/);
  });

  it.each([
    ['Zoe\u0301 Gro\u00df', 'ZO\u00c9  GROSS'],
    ['Zo\u00e9', 'Zoe\u200d\u0301'],
    ['ann', 'a\u034fnn\ufe0f'],
    ['ann', '\u3164ann\u115f'],
    ['ann lee', 'ann\u00a0\u2003lee\u2800'],
    ['\u039d\u0399\u039a\u039f\u03a3', '\u03bd\u03b9\u03ba\u03bf\u03c2'],
    ['\ufb01n', 'FIN'],
  ])('takes %j and %j for one person, and for nobody else', (name, by) => {
    const state = cast(asked({ quorum: 3 }), { by: name });
    expect(voteProblem(state, vote({ by }), after(2))).toMatch(/ has voted already$/);
    expect(voteProblem(state, vote({ by: `${by}a` }), after(2))).toBeUndefined();
    const own = requestApproval({ clause: state.clause, at: START, requestedBy: name });
    expect(voteProblem(own, vote({ by }), after(2))).toMatch(/asked for the change, so somebody else/);
  });

  it.each(['\u3164', '\u2800', '\ufe0f\u034f', '\u200b \u115f'])('takes %j for no name', (by) => {
    expect(voteProblem(asked(), vote({ by }), after(2))).toBe('it does not say who votes');
  });

  it('asks for one of the roles of its clause, or else for the role approver', () => {
    const open = asked();
    expect(voteProblem(open, vote({ roles: ['viewer', 'operator'] }), START)).toBe(
      'ann has none of the roles that may decide: approver',
    );
    const strict = asked({ roles: ['sre', 'lead'] });
    expect(voteProblem(strict, vote(), START)).toBe('ann has none of the roles that may decide: sre, lead');
    expect(voteProblem(strict, vote({ approve: false }), START)).toBeDefined();
    expect(voteProblem(strict, vote({ roles: ['lead'] }), START)).toBeUndefined();
    expect(voteProblem(strict, vote({ roles: [ALL_ROLES] }), START)).toBeUndefined();
  });

  it('is not for who asked; they may only take it back', () => {
    const state = asked({}, 'Ann');
    expect(voteProblem(state, vote(), START)).toBe('ann asked for the change, so somebody else has to approve it');
    expect(castVote(state, vote({ approve: false }), START).status).toBe('rejected');
    expect(castVote(state, vote({ by: 'bob' }), START).status).toBe('approved');
  });

  it('takes votes before its deadline, and none from the deadline on', () => {
    expect(voteProblem(asked(), vote(), after(600) - 1)).toBeUndefined();
    expect(voteProblem(asked(), vote(), after(600))).toBe('the deadline passed at 2026-01-01T12:10:00.000Z');
    const expired = endApproval(cast(asked({ quorum: 2 }), {}), 'expired', after(600));
    expect(voteProblem(expired, vote({ by: 'bob' }), after(601))).toContain('the deadline passed');
    expect(describeApproval(expired)).toBe('not approved by the deadline, 2026-01-01 12:10:00 UTC; only ann did');
  });

  it('does nothing once the alert has resolved, and says so', () => {
    const moot = endApproval(asked(), 'moot', after(3));
    expect(moot).toMatchObject({ status: 'moot', endedAt: '2026-01-01T12:00:03.000Z' });
    expect(voteProblem(moot, vote(), after(4))).toContain('the alert has resolved');
    expect(castVote(moot, vote(), after(4))).toBe(moot);
  });

  it('stays as people decided it', () => {
    const approved = cast(asked(), {});
    expect(endApproval(approved, 'moot', after(9))).toBe(approved);
    expect(voteProblem(approved, vote({ by: 'bob' }), after(9))).toBe('it has been approved already, by ann');
  });

  const round = asked().requestedAt;

  it('takes a link once, whoever it is for', () => {
    const state = cast(asked({ quorum: 2 }), { via: 'link', linkId: 'link-1', round });
    expect(state.usedLinks).toEqual(['link-1']);
    expect(voteProblem(state, vote({ by: 'bob', via: 'link', linkId: 'link-1', round }), after(2))).toBe(
      'this link has been used',
    );
    // The same person's next link is no second vote either.
    expect(voteProblem(state, vote({ via: 'link', linkId: 'link-2', round }), after(2))).toBe('ann has voted already');
  });

  it('takes no link of an earlier request, however fresh its ID is', () => {
    const old = vote({ via: 'link', linkId: 'never-used', round: asked().requestedAt });
    const next = requestApproval({ clause: clause(), at: START + 60_000 });
    expect(voteProblem(next, old, START + 61_000)).toBe('this link was made for another request for approval');
    expect(castVote(next, old, START + 61_000)).toBe(next);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'yes'],
    ['no name', { ...vote(), by: undefined }],
    ['an empty name', vote({ by: ' \u200b\t' })],
    ['a name without end', vote({ by: 'x'.repeat(201) })],
    ['a reason without end', vote({ reason: 'x'.repeat(2001) })],
    ['no roles', { ...vote(), roles: 'approver' }],
    ['an unknown way', { ...vote(), via: 'pigeon' }],
    ['a link without its ID', vote({ via: 'link', round })],
    ['a link without its request', vote({ via: 'link', linkId: 'link-3' })],
    ['neither yes nor no', { ...vote(), approve: 'yes' }],
  ])('refuses %s instead of failing on it', (_what, malformed) => {
    expect(voteProblem(asked(), malformed as Vote, START)).toBeTypeOf('string');
    expect(castVote(asked(), malformed as Vote, START).votes).toEqual([]);
  });

  it('shows names and reasons on one line, whatever they hold', () => {
    const state = cast(asked(), { by: 'ann\n\u202eevil', approve: false, reason: 'x\u0007' });
    expect(describeApproval(state)).toBe('rejected by ann \\u{202e}evil: x\\u{7}');
  });
});

describe('any votes at any times', () => {
  const people = fc.constantFrom('ann', 'Ann', 'bob', 'cy', 'dee', '');
  const anyVote = fc.record({
    approve: fc.boolean(),
    by: people,
    roles: fc.subarray(['approver', 'sre', 'viewer']),
    reason: fc.string({ maxLength: 20 }),
    via: fc.constantFrom('http' as const, 'cli' as const, 'link' as const),
    linkId: fc.option(fc.constantFrom('l1', 'l2', 'l3'), { nil: undefined }),
    round: fc.constantFrom(asked().requestedAt, 'another'),
  });
  const event = fc.oneof(
    { weight: 8, arbitrary: anyVote },
    { weight: 1, arbitrary: fc.constantFrom('expired' as const, 'moot' as const) },
  );
  const runs = fc.record({
    quorum: fc.integer({ min: 1, max: 4 }),
    roles: fc.subarray(['sre', 'lead']),
    requestedBy: fc.option(people, { nil: undefined }),
    events: fc.array(fc.record({ event, seconds: fc.integer({ min: 0, max: 900 }) }), { maxLength: 15 }),
  });
  const normal = (name: string) => name.trim().toLowerCase();

  it('never count a person twice, a link twice, or anybody after the end', () => {
    fc.assert(
      fc.property(runs, ({ quorum, roles, requestedBy, events }) => {
        let state = asked({ quorum, roles }, requestedBy);
        for (const { event: what, seconds } of [...events].sort((a, b) => a.seconds - b.seconds)) {
          const before = state;
          if (typeof what === 'string') {
            state = endApproval(state, what, after(seconds));
          } else {
            const one: Vote = { ...what, ...(what.linkId === undefined ? {} : { linkId: what.linkId }) } as Vote;
            const problem = voteProblem(state, one, after(seconds));
            state = castVote(state, one, after(seconds));
            // A vote counts if and only if nothing is said against it.
            expect(state === before).toBe(problem !== undefined);
            expect(state.votes.length - before.votes.length).toBe(problem === undefined ? 1 : 0);
          }
          if (before.status !== 'pending') expect(state).toBe(before);
        }
        const approvals = state.votes.filter(({ approve }) => approve);
        expect(new Set(state.votes.map(({ by }) => normal(by))).size).toBe(state.votes.length);
        expect(new Set(state.usedLinks).size).toBe(state.usedLinks.length);
        expect(state.votes.every(({ at }) => Date.parse(at) < Date.parse(state.deadlineAt))).toBe(true);
        expect(state.status === 'approved').toBe(
          approvals.length === quorum && approvals.length === state.votes.length,
        );
        expect(state.status === 'rejected').toBe(approvals.length < state.votes.length);
        if (requestedBy !== undefined && requestedBy !== '') {
          expect(approvals.map(({ by }) => normal(by))).not.toContain(normal(requestedBy));
        }
        expect(describeApproval(state)).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
