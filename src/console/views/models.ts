import type { Problem } from '../net/problem.ts';
import type { Resource } from '../net/resource.ts';
import type { GuardOverview, ListAnswer, Me, RemediationDetail } from '../types.ts';

/** What a part of a page needs to know of what it shows. */
export type Part<T> = Pick<Resource<T>, 'value' | 'problem' | 'isPending'>;

export interface NowModel {
  readonly now: number;
  readonly me: Me | undefined;
  readonly inFlight: Part<ListAnswer>;
  readonly waiting: Part<ListAnswer>;
  readonly ended: Part<ListAnswer>;
  readonly guards: Part<GuardOverview>;
  readonly details: (id: string) => RemediationDetail | undefined;
  readonly onPause: (pause: boolean) => void;
  readonly onReset: (target: string) => void;
}

/** One remediation, as far as it is known. */
export interface RemediationModel {
  readonly now: number;
  readonly id: string;
  readonly me: Me | undefined;
  readonly detail: RemediationDetail | undefined;
  readonly problem: Problem | undefined;
  readonly onVote: (approve: boolean) => void;
  readonly onUndo: () => void;
}

/** A model of which there is something to show. */
export interface Shown extends RemediationModel {
  readonly detail: RemediationDetail;
}
