import { CancellationScope } from '@temporalio/workflow';
import type { Alert } from '../../../domain/alert/alert.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { ask, wait } from '../../activity-profiles.ts';
import type { OrderDoor } from '../order-door.ts';
import type { RemediationRecord } from '../record.ts';

/** Seconds for deciding, acting and telling people, on top of what the plan itself takes. */
const MARGIN_SECONDS = 60;

/** How often the watch of a silenced alert says that it lives. */
const HEARTBEAT_SECONDS = 10;

interface PageHoldParts {
  readonly id: string;
  readonly alert: Alert;
  readonly record: RemediationRecord;
  readonly door: Pick<OrderDoor, 'requireStart'>;
}

/**
 * The page is held back while the machine tries. Nothing here ever stops or delays a remediation: a page that cannot be
 * held back goes out, and a silence that cannot be ended ends by itself.
 */
export class PageHold {
  readonly #parts: PageHoldParts;
  #watching: CancellationScope | undefined;
  #held: Promise<void> | undefined;

  constructor(parts: PageHoldParts) {
    this.#parts = parts;
  }

  /** Begins, beside everything else. */
  start(plans: readonly Plan[]): void {
    const seconds = plans.reduce(
      (sum, { effectDeadlineSeconds, verification }) => sum + effectDeadlineSeconds + verification.deadlineSeconds,
      MARGIN_SECONDS,
    );
    this.#held = CancellationScope.nonCancellable(() => {
      const watching = new CancellationScope();
      this.#watching = watching;
      return this.#hold(seconds, watching);
    }).catch(() => undefined);
  }

  /** Lets the page out at once if it is still due; the next firing of the alert pages as ever. */
  async end(): Promise<void> {
    if (this.#held === undefined) return;
    this.#watching?.cancel();
    await this.#held;
    await ask('let the page out')
      .letPage({ remediationId: this.#parts.id })
      .catch(() => undefined);
  }

  async #hold(seconds: number, watching: CancellationScope): Promise<void> {
    const { id, alert, record, door } = this.#parts;
    // Beside the way to the effect, which `prepare` guards: an alert is silenced on the API's word only.
    await door.requireStart();
    const hold = await ask('hold the page back').holdPage({ remediationId: id, labels: alert.labels, seconds });
    if (!hold.held) return;
    // A silence keeps Alertmanager from telling us, too, that the alert has resolved: so it is asked.
    const until = Date.parse(hold.until);
    await watching.run(async () => {
      const left = Math.max(1, (until - Date.now()) / 1000);
      const { state } = await wait('watch the silenced alert', left, HEARTBEAT_SECONDS).awaitResolved({
        remediationId: id,
        fingerprint: alert.fingerprint,
        labels: alert.labels,
        until,
      });
      if (state === 'resolved') record.keep({ alertResolved: true });
    });
  }
}
