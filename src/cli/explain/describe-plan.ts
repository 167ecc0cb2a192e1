import { ACTIONS } from '../../domain/actions/index.ts';
import type { EvidenceSignal } from '../../domain/plan/evidence-clause.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Query } from '../../domain/plan/query.ts';
import { describePrecondition } from '../../domain/precondition/rules.ts';
import { renderQuery } from '../../domain/query/promql.ts';
import { checkNames } from '../../domain/verification/check-names.ts';
import { describeTolerance } from '../../domain/verification/verification-summary.ts';
import { nameTarget } from '../../domain/target/name-target.ts';

/** A heading with the lines below it. */
export type Section = readonly [heading: string, ...lines: string[]];

/** A plan for people, in the order in which its parts come into play. Values are as policy gave them: not made safe. */
export function describePlan(plan: Plan): Section[] {
  const { target, verification, evidence, approval, budget, lease, guards } = plan;
  const { breaker } = guards;
  const action = ACTIONS[plan.action];
  const { preconditions = [], danger = action?.danger, prelude } = plan;
  const before = prelude && ACTIONS[prelude.action];
  const how = action?.describe(plan.parameters);
  return [
    [
      'Action',
      `${plan.action} ${nameTarget(target)} of cluster ${target.cluster}${how === undefined ? '' : `, ${how}`}`,
      `undo: ${action?.compensation ?? 'there is none'}`,
      ...(danger === undefined ? [] : [`danger: ${danger}`]),
    ],
    ...(prelude === undefined
      ? []
      : [
          [
            'Prelude',
            `${prelude.action} ${nameTarget(prelude.target)}, ${ACTIONS[prelude.action]?.describe(prelude.parameters) ?? ''}, where it is needed`,
            `given back with the proof, after ${prelude.maxSeconds} s, and at every other end`,
            ...(before?.danger === undefined ? [] : [`danger: ${before.danger}`]),
          ] as const,
        ]),
    ...(preconditions.length === 0
      ? []
      : [['Only if', ...preconditions.map((one) => describePrecondition(one, plan.action))] as const]),
    ...(evidence === undefined
      ? []
      : [
          [
            'Evidence',
            `confidence of at least ${evidence.threshold} that something is wrong, by`,
            ...evidence.signals.flatMap(describeSignal),
          ] as const,
        ]),
    [
      'Guards',
      `target busy: ${guards.onBusy === 'join' ? 'join its remediation' : 'wait'}; wait at most ${guards.waitSeconds} s for a turn`,
      `not again within ${guards.cooldownSeconds} s; firing again within ${guards.flapSeconds} s of a cure counts as a failure`,
      `${breaker.failures} failures in ${breaker.windowSeconds} s stop it for ${breaker.openSeconds} s`,
    ],
    ...(approval === undefined
      ? []
      : [
          [
            'Approval',
            `${approval.quorum} of ${approval.roles.length === 0 ? 'any approver' : approval.roles.join(', ')} within ` +
              `${approval.deadlineSeconds} s, else ${approval.onDeadline}`,
            ...(approval.reason === '' ? [] : [approval.reason]),
          ] as const,
        ]),
    [
      'Budget',
      budget === undefined
        ? 'none asked'
        : `${budget.name}, for ${budget.expectedHours} h; cost unknown: ` +
          (budget.whenUnknown === 'escalate' ? 'escalate' : `allow up to ${budget.whenUnknown.allowUpTo}`),
    ],
    [
      'Proof',
      ...describeProof(verification),
      `${verification.consecutive} good samples in a row, ${verification.intervalSeconds} s apart, within ` +
        `${verification.deadlineSeconds} s of the effect (done within ${plan.effectDeadlineSeconds} s)`,
      ...(verification.objective === undefined ? [] : [describeQuery(verification.objective.query)]),
      ...verification.probes.map(({ method, url }) => `  ${method} ${url}`),
    ],
    ...(verification.neighbours.length === 0
      ? []
      : [
          [
            'Neighbours',
            ...verification.neighbours.flatMap((neighbour) => [
              `${neighbour.name}: at most ${describeTolerance(neighbour)}, ` +
                `${neighbour.better === 'lower' ? 'above' : 'below'} what it was`,
              describeQuery(neighbour.query),
            ]),
          ] as const,
        ]),
    ...(lease === undefined
      ? []
      : [
          [
            'Lease',
            `back by ${lease.step} at a time once ${lease.load.name} leaves ${Math.round(lease.headroom * 100)} % ` +
              `to spare, looked at every ${lease.checkSeconds} s; given up after ${lease.maxSeconds} s`,
            describeQuery(lease.load.query),
          ] as const,
        ]),
    ['Watch', `${plan.watchSeconds} s for the alert to resolve`],
  ];
}

/** Each that must hold, on a line of its own. */
function describeProof({ objective, ...checks }: Plan['verification']): string[] {
  const { name, comparison, threshold, unit } = objective ?? {};
  return [
    ...(objective === undefined ? [] : [`${name} ${comparison} ${threshold} ${unit}`.trimEnd()]),
    ...checkNames(checks),
  ];
}

function describeSignal({ name, abnormal, weight, source, deviations }: EvidenceSignal): string[] {
  const what = `${name} (${source.kind}) ${abnormal} than usual, from ${deviations.from} deviations, fully at ${deviations.full}`;
  return [
    `${what}${weight === 1 ? '' : `, weight ${weight}`}`,
    source.kind === 'jaeger' ? `${source.measure} of ${source.service}` : describeQuery(source.query),
  ];
}

/** As it will be asked. One that cannot be is shown as it is: the plan will fail, and say why. */
function describeQuery(query: Query): string {
  try {
    return `  ${renderQuery(query)}`;
  } catch {
    return `  ${query.expr}`;
  }
}
