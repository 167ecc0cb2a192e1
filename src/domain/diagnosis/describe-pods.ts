import { ageText } from './age-text.ts';
import type { StepResult } from './compose-diagnosis.ts';

/** What of a Pod is looked at. Source: Kubernetes API, `v1`. */
export interface DiagnosedPod {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly creationTimestamp?: unknown;
    readonly deletionTimestamp?: unknown;
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly DiagnosedContainer[];
    readonly containerStatuses?: readonly DiagnosedContainer[];
  };
}

export interface DiagnosedContainer {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

interface ContainerState {
  readonly running?: object;
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly exitCode?: number;
    readonly signal?: number;
    readonly finishedAt?: unknown;
  };
}

/** A container whose logs may tell why. */
export interface FailingContainer {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
  /** The run before this one has ended: its logs tell more. */
  readonly hasPrevious: boolean;
}

const MAX_PODS = 12;

/** The states of the Pods, the worst first; what is alike is told once. */
export function describePods(pods: readonly DiagnosedPod[], now: number): StepResult {
  if (pods.length === 0) return { lines: ['there is no Pod'], findings: ['There is no Pod'] };
  const seen = pods
    .map((pod) => ({ pod, troubles: troublesOf(pod) }))
    .toSorted((one, other) => other.troubles.length - one.troubles.length);
  const lines = seen.slice(0, MAX_PODS).map(({ pod, troubles }) => lineOf(pod, troubles, now));
  const more = seen.length - MAX_PODS;
  return {
    lines: [...lines, ...(more > 0 ? [`${more} more Pods`] : [])],
    findings: findingsOf(
      seen.flatMap(({ troubles }) => [...new Set(troubles)]),
      pods.length,
    ),
  };
}

/** Those whose logs are worth reading, the worst first. */
export function failingContainers(pods: readonly DiagnosedPod[]): FailingContainer[] {
  return pods
    .flatMap((pod) => statusesOf(pod).map((status) => ({ pod, status, rank: rankOf(status) })))
    .filter(({ rank }) => rank > 0)
    .toSorted((one, other) => other.rank - one.rank)
    .map(({ pod, status }) => ({
      pod: pod.metadata?.name ?? '',
      namespace: pod.metadata?.namespace ?? '',
      container: status.name,
      hasPrevious: (status.restartCount ?? 0) > 0,
    }));
}

function statusesOf({ status }: DiagnosedPod): readonly DiagnosedContainer[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** One that never ran has no logs. */
function rankOf({ state, lastState, ready, restartCount = 0 }: DiagnosedContainer): number {
  const hasEnded = isBad(state) || isBad(lastState);
  if (hasEnded && ready !== true) return 1000 + restartCount;
  if (hasEnded || restartCount > 0) return 100 + restartCount;
  return ready === false && state?.running !== undefined ? 50 : 0;
}

function isBad(state: ContainerState | undefined): boolean {
  return state?.terminated !== undefined && state.terminated.exitCode !== 0;
}

/** What is wrong, in words that are the same for all Pods that suffer alike. */
function troublesOf(pod: DiagnosedPod): string[] {
  const { status } = pod;
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return [
    ...(scheduled?.status === 'False' ? [`cannot be scheduled: ${scheduled.message ?? 'no reason is given'}`] : []),
    ...(status?.phase === 'Failed' ? [`failed: ${status.reason ?? status.message ?? 'no reason is given'}`] : []),
    ...statusesOf(pod).flatMap(containerTrouble),
  ];
}

function containerTrouble({ name, ready, restartCount = 0, state, lastState }: DiagnosedContainer): string[] {
  const before =
    lastState?.terminated === undefined ? '' : `, the last run ended with ${endText(lastState.terminated)}`;
  const { waiting, terminated } = state ?? {};
  if (waiting !== undefined && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing') {
    const why = lastState?.terminated === undefined && waiting.message !== undefined ? ` (${waiting.message})` : '';
    return [`container ${name} waits: ${waiting.reason ?? 'no reason is given'}${why}${before}`];
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    return [`container ${name} has ended with ${endText(terminated)}`];
  }
  if (restartCount > 0 && isBad(lastState)) return [`container ${name} was restarted${before}`];
  return ready === false && state?.running !== undefined ? [`container ${name} runs and is not ready`] : [];
}

function endText({ reason, exitCode, signal }: NonNullable<ContainerState['terminated']>): string {
  const how = signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `signal ${signal}`;
  return reason === undefined || reason === 'Error' ? how : `${reason} (${how})`;
}

function lineOf(pod: DiagnosedPod, troubles: readonly string[], now: number): string {
  const { metadata, spec, status } = pod;
  const all = status?.containerStatuses ?? [];
  const restarts = statusesOf(pod).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const age = ageText(metadata?.creationTimestamp, now);
  const facts = [
    metadata?.deletionTimestamp === undefined ? (status?.phase ?? 'no phase yet') : 'going',
    `${all.filter(({ ready }) => ready === true).length}/${all.length} ready`,
    ...(restarts > 0 ? [`${restarts} restarts`] : []),
    ...(spec?.nodeName === undefined ? [] : [`on ${spec.nodeName}`]),
    ...(age === undefined ? [] : [`made ${age}`]),
    ...troubles,
  ];
  return `${metadata?.name ?? ''}: ${facts.join('; ')}`;
}

function findingsOf(troubles: readonly string[], pods: number): string[] {
  const counts = new Map<string, number>();
  for (const trouble of troubles) counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([trouble, count]) => `${count} of ${pods} Pods: ${trouble}`);
}
