import { describe, expect, it } from 'vitest';
import { waysToVote } from '../../../src/domain/notice/ways-to-vote.ts';

const deadlineAt = '2026-01-01T12:10:00.000Z';
const remediationId = "remediation/It's%20slow/0123456789abcdef/1";
const approval = { round: '2026-01-01T12:00:00.000Z', deadlineAt, approvers: [{ name: 'sre', roles: ['sre'] }] };

describe('how people may answer', () => {
  it('is nobody’s question where nobody is asked', () => {
    expect(waysToVote({ remediationId })).toBeUndefined();
  });

  it.each([undefined, 1])('is by links where one yes is enough (quorum %s)', (quorum) => {
    const asked = { ...approval, ...(quorum === undefined ? {} : { quorum }) };
    expect(waysToVote({ remediationId, approval: asked })).toEqual({ kind: 'links' });
  });

  it('is under their own name where several have to agree, by a command that a shell takes as it is', () => {
    expect(waysToVote({ remediationId, approval: { ...approval, quorum: 2 } })).toEqual({
      kind: 'own_name',
      hint:
        '2 different people have to approve, each under their own name: ' +
        String.raw`mendloop approve 'remediation/It'\''s%20slow/0123456789abcdef/1' --reason '...', ` +
        'or POST /api/v1/remediations/{id}/approve; reject likewise',
    });
  });
});
