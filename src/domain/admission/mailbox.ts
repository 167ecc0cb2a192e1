import type { WakeUp } from './admission.ts';
import type { Message, Scene } from './scene.ts';

/** Milliseconds between two turns when many may go on at once: the cluster is not met by all of them in one instant. */
const PACE_MS = 100;

/** The wake-ups that a commit owes. */
export class Mailbox {
  readonly #now: number;
  #messages: Message[] = [];
  #pace: number | undefined;

  constructor({ now, pace }: Pick<Scene, 'now' | 'pace'>) {
    this.#now = now;
    // Once fewer come than may, there is nothing to be paced.
    if (pace !== undefined && pace > now - PACE_MS) this.#pace = pace;
  }

  /** When the next turn may be given; undefined: at once. */
  get pace(): number | undefined {
    return this.#pace;
  }

  /** A turn must not wait until hundreds are told of an end. */
  get messages(): Message[] {
    const isEnd = ({ wake }: Message) => Number(wake.kind === 'ended');
    return this.#messages.toSorted((one, other) => isEnd(one) - isEnd(other));
  }

  wake(to: string, wake: WakeUp): void {
    this.#messages.push({ to, wake, dueAt: this.#now });
  }

  /** Many may go on at once from now on: they are woken one after the other. */
  startPacing(): void {
    this.#pace = this.#now;
  }

  /** It may go on: it is woken now, or when those before it have been. Gives that time. */
  wakeInTurn(to: string): number {
    const dueAt = Math.max(this.#now, this.#pace ?? this.#now);
    if (this.#pace !== undefined) this.#pace = dueAt + PACE_MS;
    this.#messages.push({ to, wake: { kind: 'turn' }, dueAt });
    return dueAt;
  }

  isWoken(remediationId: string): boolean {
    return this.#messages.some(({ to }) => to === remediationId);
  }

  /** What one is told by an answer need not be sent. */
  answered(to: string): void {
    this.#messages = this.#messages.filter((message) => message.to !== to);
  }
}
