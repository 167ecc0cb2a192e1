import type { ObjectCondition } from '../plan/object-condition.ts';
import type { Verification } from '../plan/verification-clause.ts';

/** What each condition and probe of a verification wants, in the order in which they are looked at. */
export function checkNames({ conditions, probes }: Pick<Verification, 'conditions' | 'probes'>): string[] {
  return [...conditions.map(describeCondition), ...probes.map(({ name }) => name)];
}

/** Everything that a verification wants to hold, in a few words each. */
export function proofNames({ objective, ...checks }: Pick<Verification, 'objective' | 'conditions' | 'probes'>) {
  return [...(objective === undefined ? [] : [objective.name]), ...checkNames(checks)];
}

/** `no container started within 60 s`, `Job shop/migrate complete` */
export function describeCondition(condition: ObjectCondition): string {
  const { of } = condition;
  const whose =
    of === undefined ? '' : `${of.kind} ${of.namespace === undefined ? '' : `${of.namespace}/`}${of.name}: `;
  return `${whose}${wish(condition)}`;
}

function wish(condition: ObjectCondition): string {
  switch (condition.kind) {
    case 'rollout_complete':
      return 'rollout complete';
    case 'ready':
      return 'ready';
    case 'no_restarts':
      return `no container restart for ${condition.forSeconds} s`;
    case 'job_complete':
      return 'Job complete';
    case 'pod_scheduled':
      return 'scheduled on a node';
    case 'claim_bound':
      return 'claim bound, and as large as it asks to be';
    case 'node_ready':
      return 'node ready, and free to take Pods';
    case 'node_empty':
      return 'node empty';
    case 'condition': {
      const { type, status, reason } = condition;
      return `condition ${type} is ${status}${reason === undefined ? '' : ` (${reason})`}`;
    }
  }
}
