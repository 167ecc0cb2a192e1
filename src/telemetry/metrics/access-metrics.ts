import type { MetricFactory } from './metric-factory.ts';

/** Where callers come in. */
export const doors = ['webhook', 'api', 'events', 'approval_link', 'report_link'] as const;
export type Door = (typeof doors)[number];

/** Why one was turned away. */
export const refusalReasons = [
  'token_missing',
  'token_wrong',
  /** A listener on this machine was reached by another name, or by a proxy, and there is no token to tell by. */
  'not_direct',
  /** The page of another site had a browser send it. */
  'cross_site',
  'users_required',
  'link_forged',
  'link_expired',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export interface AccessMetrics {
  /** `limited`: its sender was turned away too often, and is told to wait. */
  accessRefused(event: { readonly door: Door; readonly reason: RefusalReason; readonly limited: boolean }): void;
}

export function accessMetrics(make: MetricFactory): AccessMetrics {
  const refused = make.counter('mendloop_access_refused_total', 'Callers turned away, by door and reason.', [
    'door',
    'reason',
  ]);
  const limited = make.counter(
    'mendloop_access_limited_total',
    'Callers turned away so often that they have to wait.',
    ['door'],
  );
  for (const door of doors) {
    limited.inc({ door }, 0);
    for (const reason of refusalReasons) refused.inc({ door, reason }, 0);
  }
  return {
    accessRefused: (event) => {
      refused.inc({ door: event.door, reason: event.reason });
      if (event.limited) limited.inc({ door: event.door });
    },
  };
}
