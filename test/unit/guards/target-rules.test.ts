import { describe, expect, it } from 'vitest';
import { breakerStatus } from '../../../src/domain/guards/breaker.ts';
import { memoryAt, memoryEndsAt, NEW_MEMORY } from '../../../src/domain/guards/target-memory.ts';
import { learn, resetMemory, withCure } from '../../../src/domain/guards/target-rules.ts';
import { targetView } from '../../../src/domain/guards/target-view.ts';
import { aClause } from '../../support/store/requests.ts';

/** Epoch ms, so many seconds after a fixed time. */
const at = (seconds: number) => 1_700_000_000_000 + seconds * 1000;

const holder = (more: Parameters<typeof aClause>[0] = {}) => ({
  ...{ remediationId: 'a', action: 'scale', alertKey: 'Throttled/1', clause: aClause(more) },
});
const ended = (changedAt: number, more: object = {}) => ({
  ...{ outcome: 'remediated' as const, text: 'it helped', acted: true, changedAt, cureCounted: false },
  ...more,
});

describe('what is remembered of a target', () => {
  it('ends when the last of it has passed', () => {
    const cured = learn(NEW_MEMORY, holder({ cooldownSeconds: 300, flapSeconds: 3000 }), ended(at(0)), at(1));
    expect(memoryEndsAt(cured)).toBe(at(3001));
    expect(memoryAt(cured, at(300))).toMatchObject({ changes: [], cures: [{ alertKey: 'Throttled/1' }] });
    expect(memoryAt(cured, at(3001))).toMatchObject({ changes: [], cures: [] });
  });

  it('has one change an action, and one cure an alert', () => {
    const twice = [0, 10].reduce((memory, s) => learn(memory, holder(), ended(at(s)), at(s)), NEW_MEMORY);
    expect(twice).toMatchObject({ changes: [{ at: at(10) }], cures: [{ at: at(10) }] });
    expect(withCure(NEW_MEMORY, holder({ flapSeconds: 0 }), at(0)).cures).toEqual([]);
  });

  it('is reset by a human, who is remembered', () => {
    const strict = holder({ breaker: { failures: 1, windowSeconds: 100, openSeconds: 50 } });
    const failed = learn(NEW_MEMORY, strict, ended(at(0), { outcome: 'rolled_back' }), at(0));
    expect(breakerStatus(failed.breaker, at(1))).toBe('open');
    const reset = resetMemory(failed, { by: 'ann', reason: 'fixed the image' }, at(1));
    expect(reset).toMatchObject({ changes: [], cures: [], breaker: { failures: [] } });
    expect(reset.recent.map(({ text }) => text)).toContain('Reset by ann: fixed the image');
  });

  it('is shown without what an alert could smuggle in', () => {
    const text = '[click](http://evil.example)\n# big\u202e';
    const { recent } = targetView(
      learn(NEW_MEMORY, holder(), ended(at(0), { text }), at(0)),
      { queue: [], joined: 0 },
      at(0),
    );
    expect(recent.map((entry) => entry.text).join()).not.toMatch(/\n|\u202e/u);
  });
});
