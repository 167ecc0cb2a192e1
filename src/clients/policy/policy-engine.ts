import type { Alert } from '../../domain/alert/alert.ts';
import type { Decision } from '../../domain/decision.ts';
import type { MendloopError } from '../../domain/failures.ts';

/** What policy is asked. The engine adds the time, `input.now`: see `PolicyNow`. */
export interface PolicyInput {
  readonly alert: Alert;
  /** Name of the cluster Mendloop acts on. */
  readonly cluster: string;
}

/** Something that decides: a bundle in this process, or a server. */
export interface PolicyEngine {
  /** Of the policy in use. */
  readonly revision: string;
  /**
   * @throws MendloopError `PolicyAnswerInvalid` for an answer that is undefined or not in the decision's shape,
   * `PolicyUnavailable` if there is no policy, or evaluating it failed.
   */
  decide(input: PolicyInput): Promise<Decision>;
}

/** A policy that follows its source. */
export interface LivePolicy extends PolicyEngine {
  /** Whether there has been a good policy since the start: it stays in use while its source is broken or away. */
  readonly ready: boolean;
  close(): Promise<void>;
}

/** What is told while following. */
export interface PolicyEvents {
  /** Another policy is in use. */
  readonly onReload?: (policy: { revision: string }) => void;
  /** Called once for each fault of the source, not for each time that it is met. */
  readonly onError?: (error: MendloopError) => void;
}

/** An alert that no rule can want, to see that a policy answers in the decision's shape. */
export const PROBE: PolicyInput = {
  alert: {
    status: 'firing',
    labels: { alertname: 'MendloopPolicyProbe' },
    annotations: {},
    startsAt: '2000-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: '0000000000000000',
  },
  cluster: 'probe',
};
