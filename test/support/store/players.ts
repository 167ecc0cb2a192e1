import type { Admission, AdmitRequest, LeaveRequest, WakeUp } from '../../../src/domain/admission/admission.ts';
import type { AdmissionStore, SendWakeUp } from '../../../src/store/store.ts';
import { leaving } from './requests.ts';

/** Remediations as their workflows are: each asks, and asks again when it is woken. */
export class Players {
  readonly woken: (readonly [string, WakeUp['kind']])[] = [];
  readonly gone = new Set<string>();
  readonly #inboxes = new Map<string, WakeUp[]>();
  readonly #listeners = new Map<string, () => void>();

  /** The way of wake-ups to them. */
  readonly send: SendWakeUp = (to, wake) => {
    if (this.gone.has(to)) return Promise.resolve('gone');
    this.woken.push([to, wake.kind]);
    this.#inboxes.set(to, [...(this.#inboxes.get(to) ?? []), wake]);
    this.#listeners.get(to)?.();
    return Promise.resolve('delivered');
  };

  /** Settles at the next wake-up, or with one that has come before. */
  async nextWake(id: string): Promise<WakeUp> {
    for (;;) {
      const [first, ...rest] = this.#inboxes.get(id) ?? [];
      if (first !== undefined) {
        this.#inboxes.set(id, rest);
        return first;
      }
      await new Promise<void>((resolve) => this.#listeners.set(id, resolve));
    }
  }

  /** Asks until the answer is more than to wait. */
  async admitted(admission: Pick<AdmissionStore, 'admit'>, request: AdmitRequest): Promise<Admission> {
    for (;;) {
      const answer = await admission.admit(request);
      if (answer.status !== 'queued' && answer.status !== 'joined') return answer;
      await this.nextWake(request.remediationId);
    }
  }

  /** A whole life: what is granted is worked on, and given back. Gives the last answer. */
  async live(
    admission: Pick<AdmissionStore, 'admit' | 'leave'>,
    request: AdmitRequest,
    { work = () => Promise.resolve(), leave = {} }: { work?: () => Promise<void>; leave?: Partial<LeaveRequest> } = {},
  ): Promise<Admission> {
    const answer = await this.admitted(admission, request);
    if (answer.status === 'granted') await work();
    await admission.leave(leaving(request.remediationId, leave));
    return answer;
  }
}
