import type {
  ChangePreview,
  RestoreResult,
  ScaleChange,
  ScaleResult,
  TargetSnapshot,
} from '../../domain/actions/effects.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { planScale, type ScaleIntent } from '../../domain/actions/scale/scale.ts';
import type { ScaleTarget } from '../../domain/target/target.ts';
import { effect, read, record, undo, wait } from '../activity-profiles.ts';

/** A watch event is noticed at once; this is only how often a waiting worker says that it lives. */
const HEARTBEAT_SECONDS = 2;

/** The `scale` action on one target: what it will do, and how it is done, awaited and undone. */
export class ScaleAction {
  readonly #change: ScaleChange;
  readonly #readyDeadlineSeconds: number;
  readonly #name: string;
  readonly intent: ScaleIntent;
  /** Where the lease of an earlier remediation was to end, if one had not come there yet. */
  readonly leasedFrom: number | undefined;
  /** What the lever was last asked to be. */
  #wanted: number;

  constructor(remediationId: string, plan: Plan, snapshot: TargetSnapshot) {
    this.intent = planScale(plan.parameters, snapshot);
    const { target, uid, lever } = snapshot;
    this.#change = {
      ...{ remediationId, target, uid, lever, from: this.intent.from, to: this.intent.to },
      baseline: snapshot.leasedFrom ?? this.intent.from,
    };
    this.#readyDeadlineSeconds = plan.readyDeadlineSeconds;
    this.#name = `${target.kind} ${target.namespace}/${target.name}`;
    this.#wanted = this.intent.to;
    this.leasedFrom = snapshot.leasedFrom;
  }

  get target(): ScaleTarget {
    return this.#change.target;
  }

  /** One line for people: `scale Deployment production/order-service 2 -> 5`. */
  get title(): string {
    const what = this.#change.lever.kind === 'autoscaler' ? ' (minReplicas of its autoscaler)' : '';
    return `scale ${this.#name} ${this.intent.from} -> ${this.intent.to}${what}`;
  }

  /** Whether doing it would change nothing. */
  get isDone(): boolean {
    return this.intent.from === this.intent.to;
  }

  /** The change as the API server says it would be. */
  preview(): Promise<ChangePreview> {
    return read('preview the change', (activities) => activities.previewScale(this.#change));
  }

  act(): Promise<ScaleResult> {
    return effect(this.title).applyScale(this.#change);
  }

  /** A later step of the same remediation: it moves on from what an earlier one set. */
  async move(from: number, to: number): Promise<ScaleResult> {
    const result = await effect(`scale ${this.#name} ${from} -> ${to}`).applyScale({ ...this.#change, from, to });
    this.#wanted = to;
    return result;
  }

  async awaitReady(): Promise<number> {
    const { readyReplicas } = await wait(
      `wait for ${this.#wanted} ready replicas`,
      this.#readyDeadlineSeconds,
      HEARTBEAT_SECONDS,
    ).awaitReady({
      target: this.#change.target,
      uid: this.#change.uid,
      replicas: this.#wanted,
      exact: this.#change.lever.kind === 'replicas',
      deadlineAt: Date.now() + this.#readyDeadlineSeconds * 1000,
    });
    return readyReplicas;
  }

  undo(): Promise<RestoreResult> {
    return undo(`put ${this.#name} back to ${this.intent.from}`).restoreScale(this.#change);
  }

  /** Takes the marks of this remediation off the target. They are a record for people, and so is taking them off. */
  release(): Promise<void> {
    return record(`release ${this.#name}`, (activities) => activities.releaseTarget(this.#marks));
  }

  get #marks() {
    const { remediationId, target, uid } = this.#change;
    return { remediationId, target, uid };
  }

  /** What a human types when the machine could not undo. */
  get manualUndo(): string {
    const { target, lever } = this.#change;
    return lever.kind === 'autoscaler'
      ? `kubectl -n ${target.namespace} patch hpa ${lever.name} --type merge -p '{"spec":{"minReplicas":${this.intent.from}}}'`
      : `kubectl -n ${target.namespace} scale ${target.kind.toLowerCase()} ${target.name} --replicas=${this.intent.from}`;
  }
}
