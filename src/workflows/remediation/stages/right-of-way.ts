import { condition } from '@temporalio/workflow';
import { Outcome } from '../../../domain/remediation/outcome.ts';
import type { AdmissionPass } from './admission-pass.ts';
import type { WakeUps } from './wake-ups.ts';

interface RightOfWayParts {
  readonly pass: AdmissionPass;
  readonly wakes: WakeUps;
}

/** Lets others have the target first while this remediation only leases or watches it, and has it back after them. */
export class RightOfWay {
  readonly #parts: RightOfWayParts;
  #yieldTo: string | undefined;
  #onYield: (() => void) | undefined;
  #isMakingWay = false;

  constructor(parts: RightOfWayParts) {
    this.#parts = parts;
    parts.wakes.onYield((to) => {
      this.#yieldTo ??= to;
      this.#onYield?.();
      // A cancelled wait ends it, and so does the end of the remediation.
      if (!this.#isMakingWay) void this.#makeWay().catch(() => undefined);
    });
  }

  /** Which remediation has the target, or waits for it; undefined: none does. */
  get yieldTo(): string | undefined {
    return this.#yieldTo;
  }

  /** Calls back, once, when another remediation waits for the target; returns what takes the call back. */
  onYield(callback: () => void): () => void {
    this.#onYield = callback;
    if (this.#yieldTo !== undefined) callback();
    return () => (this.#onYield = undefined);
  }

  /** The epoch by which the target is its own again after others have had it; undefined: not in that time. */
  async untilBack(ms: number): Promise<number | undefined> {
    const isBack = await condition(() => this.#yieldTo === undefined, Math.max(1, ms), { summary: this.#summary });
    return isBack ? this.#parts.pass.holding?.epoch : undefined;
  }

  async #makeWay(): Promise<void> {
    this.#isMakingWay = true;
    try {
      await this.#untilHeldAgain();
    } finally {
      this.#isMakingWay = false;
    }
  }

  /** To go on giving back what it had changed. */
  async #untilHeldAgain(): Promise<void> {
    const { pass, wakes } = this.#parts;
    await condition(() => pass.holding === undefined || pass.holding.lends);
    if (pass.holding === undefined) return;
    await pass.leave({
      ...{ what: 'aside', outcome: Outcome.Remediated, text: 'it makes way' },
      ...{ acted: true, keepMoney: true, audit: [] },
    });
    for (;;) {
      await wakes.untilNext(this.#summary, () => pass.hasLeft);
      if (pass.hasLeft) return;
      const answer = await pass.askStore({ lends: true });
      if (answer.status === 'queued') continue;
      if (answer.status === 'granted') this.#yieldTo = undefined;
      return;
    }
  }

  get #summary(): string {
    return `wait for ${this.#yieldTo ?? 'nothing'}`;
  }
}
