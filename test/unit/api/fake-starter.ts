import type { RemediationStarter } from '../../../src/api/webhook/remediation-starter.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import { remediationId } from '../../../src/domain/alert/remediation-id.ts';

/** A starter in memory, idempotent as the real one; it records what reached it and how much at once. */
export class FakeStarter implements RemediationStarter {
  readonly started = new Map<string, Alert>();
  readonly resolved: Alert[] = [];
  calls = 0;
  running = 0;
  mostAtOnce = 0;
  /** Awaited by every call before it takes effect; throw to fail the call. */
  gate: (alert: Alert) => Promise<void> | void = () => new Promise((resolve) => setImmediate(resolve));

  start(alert: Alert): Promise<'started' | 'duplicate'> {
    return this.#call(alert, () => {
      const id = remediationId(alert);
      if (this.started.has(id)) return 'duplicate';
      this.started.set(id, alert);
      return 'started';
    });
  }

  resolve(alert: Alert): Promise<'signalled' | 'ignored'> {
    return this.#call(alert, () => {
      if (!this.started.has(remediationId(alert))) return 'ignored';
      this.resolved.push(alert);
      return 'signalled';
    });
  }

  async #call<T>(alert: Alert, effect: () => T): Promise<T> {
    this.calls += 1;
    this.running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    try {
      await this.gate(alert);
      return effect();
    } finally {
      this.running -= 1;
    }
  }
}
