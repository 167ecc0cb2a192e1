import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { PageHolder } from '../clients/notifications/alertmanager/page-holder.ts';
import {
  type AlertState,
  type AlertStateRequest,
  type HoldPageRequest,
  NoHoldReason,
  type PageHold,
} from '../domain/notice/page-hold.ts';
import { toApplicationFailure } from './failure.ts';

export type SilenceActivities = ReturnType<typeof createSilenceActivities>;

/** Soon enough to end a watch, seldom enough for a thousand of them. */
const LOOK_MS = 5_000;

export interface SilenceActivityParts {
  /** Absent: the settings do not ask for pages to be held back. */
  readonly pageHolder?: PageHolder | undefined;
}

export interface AwaitResolvedRequest extends AlertStateRequest {
  readonly remediationId: string;
  readonly until: number;
}

/**
 * Page only if the machine fails: holds back the page of the alert that a remediation works on. All of them fail with
 * `AlertmanagerUnavailable` or `AlertmanagerRefused`, and no failure of theirs is a reason to stop a remediation: the page
 * that is not held back goes out, and a silence that is not ended ends by itself.
 */
export function createSilenceActivities({ pageHolder }: SilenceActivityParts) {
  return {
    /**
     * Holds the page back for so long from now, never past `notifications.holdPages.maxSeconds` since the first hold.
     * Idempotent by `remediationId`: what is held is kept or drawn out, never held twice.
     */
    async holdPage(request: HoldPageRequest): Promise<PageHold> {
      if (pageHolder === undefined) return { held: false, reason: NoHoldReason.Off };
      return await run(() => pageHolder.hold(request, cancellationSignal()));
    },

    /**
     * Lets the page out at once; Alertmanager sends it within the `group_interval` of the page's route. Idempotent by
     * `remediationId`; nothing held, or no more, is success. How many silences were ended.
     */
    async letPage({ remediationId }: { remediationId: string }): Promise<{ ended: number }> {
      if (pageHolder === undefined) return { ended: 0 };
      return { ended: await run(() => pageHolder.release(remediationId, cancellationSignal())) };
    },

    /**
     * Whether the alert still fires. To be asked while a page is held back: the silence holds back Alertmanager's
     * `resolved` too, for Mendloop as for everybody. Only reads.
     */
    async alertState(request: AlertStateRequest): Promise<AlertState> {
      if (pageHolder === undefined) return { state: 'unknown', reason: 'notifications.holdPages is not configured' };
      return await run(() => pageHolder.alertState(request, cancellationSignal()));
    },

    /**
     * Asks every few seconds whether the alert still fires, until it does not or its page is held back no more: then
     * Alertmanager says by itself when it has resolved. Meanwhile it sees that no other alert is held back with it. `until`
     * is in milliseconds since the epoch. Never fails for a server that is away.
     */
    async awaitResolved({ until, remediationId, ...request }: AwaitResolvedRequest): Promise<AlertState> {
      for (;;) {
        heartbeat();
        const now = await lookedAt(request);
        if (now.state === 'resolved' || Date.now() >= until) return now;
        await narrowed({ remediationId, labels: request.labels });
        await sleep(Math.max(1, Math.min(LOOK_MS, until - Date.now())));
      }
    },
  };

  async function narrowed(request: Omit<HoldPageRequest, 'seconds'>): Promise<void> {
    try {
      await pageHolder?.narrow(request, cancellationSignal());
    } catch {
      // The next look tries again; the hold ends by itself.
      if (cancellationSignal().aborted) throw cancellationSignal().reason;
    }
  }

  async function lookedAt(request: AlertStateRequest): Promise<AlertState> {
    try {
      return (
        (await pageHolder?.alertState(request, cancellationSignal())) ?? { state: 'unknown', reason: 'not configured' }
      );
    } catch (error) {
      if (cancellationSignal().aborted) throw cancellationSignal().reason;
      return { state: 'unknown', reason: error instanceof Error ? error.name : 'no answer' };
    }
  }
}

async function run<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
