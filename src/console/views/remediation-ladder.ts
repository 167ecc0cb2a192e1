import { defined } from '../../domain/defined.ts';
import { isPlanned } from '../../domain/decision/is-planned.ts';
import type { TriedRung } from '../../domain/ladder/ladder-state.ts';
import { plansOf } from '../../domain/ladder/plans-of.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { titleWithPrelude } from '../../domain/remediation/prelude-state.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import { type Child, h, type VNode } from '../element.ts';
import { badge } from '../parts/icon.ts';
import { panel } from '../parts/layout.ts';
import { data } from '../parts/text.ts';
import type { Tone } from '../words/labels.ts';
import type { Shown } from './models.ts';

interface Rung {
  readonly title: string;
  readonly word: string;
  readonly tone: Tone;
  /** What came of it, for people. */
  readonly more?: string;
}

/** The plans of a ladder in their order: what was tried and undone, what is tried now or cured, what would be next. */
export function ladderPanel({ detail }: Shown): VNode | false {
  const { status } = detail;
  const { ladder, decision } = status ?? {};
  if (status === undefined || ladder === undefined || !isPlanned(decision)) return false;
  const rungs = plansOf(decision).map((plan, index) => rungOf(status, plan, index + 1));
  const row = ({ title, word, tone, more }: Rung, index: number): Child =>
    h(
      'li',
      { key: String(index), 'aria-current': index + 1 === ladder.rung ? 'step' : undefined },
      badge(word, tone),
      ' ',
      data(title, 300),
      more !== undefined && h('p', { class: 'muted' }, data(more, 600)),
    );
  return panel(
    { id: 'ladder', title: 'Ladder', note: `rung ${ladder.rung} of ${ladder.of}` },
    h('ol', { class: 'ladder', role: 'list', 'aria-label': 'Plans, one after the other' }, rungs.map(row)),
  );
}

function rungOf(status: RemediationStatus, plan: Plan, rung: number): Rung {
  const tried = status.ladder?.tried.find((one) => one.rung === rung);
  if (tried !== undefined) return triedRung(tried);
  const title = `${plan.action} ${nameTarget(plan.target)}`;
  const now = status.ladder?.rung ?? 1;
  if (rung > now) return { title, word: status.outcome === undefined ? 'next' : 'not come to', tone: 'calm' };
  const { planned, prelude } = status;
  const shown = planned === undefined ? title : titleWithPrelude({ planned, ...defined({ prelude }) });
  return { ...presentRung(status), title: shown };
}

function presentRung({ verification, compensation, fault, outcome }: RemediationStatus): Omit<Rung, 'title'> {
  if (compensation !== undefined) return { word: 'undone', tone: 'warn', more: compensation.text };
  if (fault !== undefined) return { word: 'no cure', tone: 'bad', more: fault.message };
  if (verification?.verdict === 'good') return { word: 'proven', tone: 'good', more: verification.summary };
  return outcome === undefined ? { word: 'now', tone: 'busy' } : { word: outcome.replaceAll('_', ' '), tone: 'calm' };
}

function triedRung({ title, effect, acted, because, undo }: TriedRung): Rung {
  const stays = acted ? (undo ?? 'it stays') : 'nothing was changed';
  return {
    title: effect ?? title,
    word: acted ? (undo === undefined ? 'tried' : 'tried, undone') : 'not done',
    tone: 'warn',
    more: `${because}; ${stays}`,
  };
}
