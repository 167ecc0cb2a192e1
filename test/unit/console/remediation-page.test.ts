import { describe, expect, it } from 'vitest';
import { remediationPage } from '../../../src/console/views/remediation-page.ts';
import type { RemediationStatus } from '../../../src/domain/remediation/remediation.ts';
import { anEffect, aPlannedSweep } from '../../support/changes.ts';
import { aSummary } from '../api/fake-remediations.ts';
import { rolledBack } from '../report/rolled-back.ts';
import { ignored } from './ignored.ts';
import { textOf } from './text-of.ts';

const me = { name: 'ann', roles: ['operator'] };
const now = Date.UTC(2026, 0, 2);

function shown(status: RemediationStatus, summary: Parameters<typeof aSummary>[0] = {}): string {
  const remediation = aSummary(summary);
  const detail = { remediation, status, links: {} };
  return textOf(
    remediationPage({ now, id: remediation.id, me, detail, problem: undefined, onVote: ignored, onUndo: ignored }),
  );
}

describe('the page of a remediation', () => {
  it('tells what was planned, done and undone, and draws the number that was moved', () => {
    const text = shown(rolledBack, { state: 'closed', execution: 'completed', outcome: 'rolled_back' });
    for (const part of [
      'It wants to scale Deployment production/order-service 2 -> 5.',
      'Awaits 5 ready replicas',
      'Undo It is put back if it does not help.',
      'Done Scaled 2 -> 5',
      'Undone Put back 5 -> 2',
      'act: 2 → 5',
      'Replicas',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('shows what was seen for the human who was told', () => {
    const diagnosis = {
      ...{ takenAt: '2026-01-01T23:00:00Z', of: 'Deployment shop/cart' },
      findings: ['2 of 3 Pods: container main waits: CrashLoopBackOff'],
      sections: [{ part: 'logs' as const, lines: ['panic: <b>no such table</b>'], leftOut: 3 }],
      gaps: [{ part: 'events' as const, why: 'not permitted: list events' }],
    };
    const text = shown({ ...rolledBack, diagnosis });
    for (const part of [
      'Deployment shop/cart',
      '2 of 3 Pods: container main waits: CrashLoopBackOff',
      'panic: <b>no such table</b>',
      '(3 more lines left out)',
      'Events: not permitted: list events',
    ]) {
      expect(text).toContain(part);
    }
    expect(shown(rolledBack)).not.toContain('Diagnosis');
  });

  it('is the same for an action that moves no number and cannot be undone', () => {
    const { compensation: _, preview: __, verification: ___, ...rest } = rolledBack;
    const effect = { changed: true, text: 'Swept worker-1', handle: {} };
    const text = shown({ ...rest, step: 'verifying', planned: aPlannedSweep(), effect });
    for (const part of [
      'sweep Node worker-1',
      'Dust much',
      'It cannot be undone.',
      'Done Swept worker-1',
      'Cancel …',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('Undo …');
  });

  it('says who has put back what was set', () => {
    const compensation = {
      status: 'left_alone',
      ...{ text: 'not ours', expected: '5', found: '2', by: 'argocd-controller' },
    } as const;
    const text = shown({ ...rolledBack, compensation });
    expect(text).toContain('we had set 5, argocd-controller has changed it since, and it is 2 now');
  });

  it('takes what a newer server says for what it says', () => {
    const strange = {
      ...rolledBack,
      step: 'reading_the_stars',
      planned: { ...rolledBack.planned, undo: 'by_magic' },
      effect: anEffect(),
      verification: { ...rolledBack.verification, verdict: 'splendid' },
      compensation: { status: 'forgotten', text: 'Forgotten' },
      fault: { type: 'StarsUnfavourable', message: 'Mars', step: 'reading_the_stars' },
      timeline: [{ at: '2026-01-01T00:00:00Z', step: 'reading_the_stars', text: 'Venus' }],
    } as unknown as RemediationStatus;
    const text = shown(strange);
    for (const part of ['splendid', 'Forgotten', 'StarsUnfavourable', 'reading the stars', 'Venus']) {
      expect(text).toContain(part);
    }
  });
});
