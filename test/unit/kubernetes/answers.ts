import { failureOf, type KubernetesFailure } from '../../../src/clients/kubernetes/kubernetes-failure.ts';

interface Answer {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: object;
  readonly retryAfter?: string;
}

/** The failure that a `Status` object of the API server becomes. */
export function answered({ status, retryAfter, ...said }: Answer, what = '/scale'): KubernetesFailure {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, ...said });
  return failureOf({ method: 'PATCH', what }, { status, body, retryAfter: retryAfter ?? null });
}

/** What API server 1.36 answers to a JSON Patch whose `test` fails, or that removes what is not there. */
export const FAILED_PATCH: Answer = {
  status: 422,
  reason: 'Invalid',
  message: 'the server rejected our request due to an error in our request',
  details: {},
};

const denied = "ValidatingAdmissionPolicy 'freeze' with binding 'freeze' denied request: scaling is frozen";

/** What it answers to a change that an admission policy denies. */
export const DENIED: Answer = {
  status: 422,
  reason: 'Invalid',
  message: `deployments.apps "api" is forbidden: ${denied}`,
  details: { name: 'api', group: 'apps', kind: 'deployments', causes: [{ message: denied }] },
};

/** What it answers to a value that is not valid. */
export const INVALID: Answer = {
  status: 422,
  reason: 'Invalid',
  message: 'Scale.autoscaling "api" is invalid: spec.replicas: Invalid value: -3',
  details: { name: 'api', group: 'autoscaling', kind: 'Scale', causes: [{ field: 'spec.replicas' }] },
};
