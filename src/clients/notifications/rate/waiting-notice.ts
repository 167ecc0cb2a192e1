import type { RemediationNotice } from '../../../domain/notice/notification.ts';
import type { Delivery } from '../notification-channel.ts';

export interface WaitingNoticeOptions {
  readonly notice: RemediationNotice;
  readonly delivery: Delivery;
  /** Milliseconds after which it stops waiting. */
  readonly patienceMs: number;
  /** Called if it stops waiting, with why; it is over then. */
  readonly onLeave: (waiting: WaitingNotice, reason: unknown) => void;
  /** What it fails with when its patience ends. */
  readonly impatience: () => Error;
}

/** A notice that waits to be sent, and the promise that its sender waits for. */
export class WaitingNotice {
  readonly notice: RemediationNotice;
  readonly delivery: Delivery;
  /** Settles when the notice has been sent, or has stopped waiting. */
  readonly sent: Promise<void>;
  readonly #outcome = Promise.withResolvers<undefined>();
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: () => void;

  constructor({ notice, delivery, patienceMs, onLeave, impatience }: WaitingNoticeOptions) {
    this.notice = notice;
    this.delivery = delivery;
    this.sent = this.#outcome.promise;
    const leave = (reason: unknown) => {
      this.depart();
      onLeave(this, reason);
      this.settle(reason);
    };
    this.#timer = setTimeout(() => leave(impatience()), patienceMs);
    this.#onAbort = () => leave(delivery.signal?.reason);
    delivery.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** It is being sent now: from here on neither patience nor an abort calls it back. */
  depart(): void {
    clearTimeout(this.#timer);
    this.delivery.signal?.removeEventListener('abort', this.#onAbort);
  }

  settle(error?: unknown): void {
    if (error === undefined) this.#outcome.resolve(undefined);
    else this.#outcome.reject(error);
  }
}
