import { ageText } from './age-text.ts';
import type { StepResult } from './compose-diagnosis.ts';

/** Source: Kubernetes API, `v1` Event. */
export interface DiagnosedEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: unknown };
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly lastTimestamp?: unknown;
  readonly eventTime?: unknown;
  readonly metadata?: { readonly creationTimestamp?: unknown };
}

const MAX_EVENTS = 12;

/** Warnings first, then by when they were seen last; the same of several objects is told once. */
export function describeEvents(events: readonly DiagnosedEvent[], now: number): StepResult {
  const groups = new Map<string, { readonly event: DiagnosedEvent; readonly at: number; readonly count: number }>();
  for (const event of events) {
    const key = `${event.type} ${event.reason} ${event.involvedObject?.kind} ${generic(event.message)}`;
    const before = groups.get(key);
    const at = atOf(event);
    const count = (before?.count ?? 0) + (event.series?.count ?? event.count ?? 1);
    groups.set(key, {
      event: before === undefined || at >= before.at ? event : before.event,
      at: Math.max(at, before?.at ?? 0),
      count,
    });
  }
  const sorted = [...groups.values()].toSorted(
    (one, other) => Number(isWarning(other.event)) - Number(isWarning(one.event)) || other.at - one.at,
  );
  return {
    lines: sorted.slice(0, MAX_EVENTS).map(({ event, at, count }) => {
      const { involvedObject, message = '' } = event;
      const times = count > 1 ? ` x${count}` : '';
      const object = `${involvedObject?.kind ?? ''} ${involvedObject?.name ?? ''}`.trim();
      const age = ageText(at === 0 ? undefined : new Date(at).toISOString(), now) ?? 'some time ago';
      return `${event.type ?? 'Normal'} ${event.reason ?? ''}${times}, ${age}, ${object}: ${message}`;
    }),
    findings: sorted
      .filter(({ event }) => isWarning(event))
      .slice(0, 2)
      .map(({ event, count }) => `Event ${event.reason ?? ''}${count > 1 ? ` x${count}` : ''}: ${event.message ?? ''}`),
  };
}

function isWarning({ type }: DiagnosedEvent): boolean {
  return type === 'Warning';
}

/** The same complaint about several Pods differs in their names and in numbers alone. */
function generic(message = ''): string {
  return message.replaceAll(/\S*\d\S*/g, '#');
}

function atOf({ series, lastTimestamp, eventTime, metadata }: DiagnosedEvent): number {
  const known = [series?.lastObservedTime, lastTimestamp, eventTime, metadata?.creationTimestamp]
    .map((at) => Date.parse(String(at)))
    .filter((at) => !Number.isNaN(at));
  return known.length === 0 ? 0 : Math.max(...known);
}
