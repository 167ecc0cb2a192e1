import type {
  RemediationStarter,
  ResolveRequest,
  StartAnswer,
  StartRequest,
} from '../../../src/api/webhook/remediation-starter.ts';
import type { Alert } from '../../../src/domain/alert/alert.ts';
import type { IncidentEnd } from '../../../src/domain/incident/incident.ts';

/** A starter in memory, idempotent as the real one; it records what reached it and how much at once. */
export class FakeStarter implements RemediationStarter {
  /** By the IDs of their remediations. */
  readonly started = new Map<string, Alert>();
  readonly requests: StartRequest[] = [];
  readonly resolved: Alert[] = [];
  /** Remediations that have ended, which their incidents may not know. */
  readonly ended = new Map<string, Pick<IncidentEnd, 'outcome' | 'at'>>();
  calls = 0;
  running = 0;
  mostAtOnce = 0;
  /** Awaited by every call before it takes effect; throw to fail the call. */
  gate: (alert: Alert) => Promise<void> | void = () => new Promise((resolve) => setImmediate(resolve));

  start(request: StartRequest): Promise<StartAnswer> {
    const { remediationId, alert } = request;
    return this.#call(alert, (): StartAnswer => {
      const end = this.ended.get(remediationId);
      if (end !== undefined) return { status: 'ended', end };
      if (this.started.has(remediationId)) return { status: 'duplicate' };
      this.started.set(remediationId, alert);
      this.requests.push(request);
      return { status: 'started' };
    });
  }

  resolve({ remediationId, alert }: ResolveRequest): Promise<'signalled' | 'unknown'> {
    return this.#call(alert, () => {
      if (!this.started.has(remediationId)) return 'unknown';
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
