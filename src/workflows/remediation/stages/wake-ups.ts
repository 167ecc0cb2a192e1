import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { WAKE_SIGNAL } from '../../../contract/remediation.ts';
import type { WakeUp } from '../../../domain/admission/admission.ts';

const wakeSignal = defineSignal<[WakeUp]>(WAKE_SIGNAL);

/** A wake-up that was lost costs at most this long: asking again changes nothing where there is nothing new. */
export const ASK_AGAIN_MS = 600_000;

/** What the store says to a remediation unasked. Counted, so that none is missed that comes after an answer. */
export class WakeUps {
  #count = 0;
  /** Of those, what was heard before the store was asked last. */
  #heard = 0;
  #yieldTo: string | undefined;
  #onYield: ((to: string) => void) | undefined;

  constructor() {
    setHandler(wakeSignal, ({ kind, to }) => {
      this.#count += 1;
      if (kind !== 'yield') return;
      this.#yieldTo = to ?? 'another remediation';
      this.#onYield?.(this.#yieldTo);
    });
  }

  /** Calls back for each remediation that wants the target, also for one that did so before. */
  onYield(callback: (to: string) => void): void {
    this.#onYield = callback;
    if (this.#yieldTo !== undefined) callback(this.#yieldTo);
  }

  /** The store is about to be asked: it knows all that it has said so far. */
  noteAsked(): void {
    this.#heard = this.#count;
  }

  /** Something was said since the store was asked last. */
  get isWoken(): boolean {
    return this.#count > this.#heard;
  }

  /** Until the store says something more, or it is over; at most as long as a lost wake-up may cost. */
  async untilNext(summary: string, isOver: () => boolean): Promise<void> {
    const heard = this.#count;
    await condition(() => this.#count > heard || isOver(), ASK_AGAIN_MS, { summary });
  }
}
