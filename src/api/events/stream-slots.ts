import type { Config } from '../../config/schema.ts';
import { comeBackLater, HttpProblem } from '../http/http-problem.ts';

/** Streams at the same time: of all clients, and of one user, so that no viewer can hold all of them. */
export class StreamSlots {
  readonly #limits: Pick<Config['api'], 'maxEventStreams' | 'maxEventStreamsPerUser'>;
  readonly #perUser = new Map<string, number>();
  #all = 0;

  constructor(limits: Pick<Config['api'], 'maxEventStreams' | 'maxEventStreamsPerUser'>) {
    this.#limits = limits;
  }

  /** Takes a place for a user; call what it returns, once, when the stream has ended. @throws HttpProblem 429 or 503 */
  take(user: string): () => void {
    const { maxEventStreams, maxEventStreamsPerUser } = this.#limits;
    const own = this.#perUser.get(user) ?? 0;
    if (own >= maxEventStreamsPerUser) {
      throw new HttpProblem(429, {
        kind: 'too-many-streams',
        detail: `${user} follows the events ${own} times already.`,
        headers: { 'Retry-After': '5' },
      });
    }
    if (this.#all >= maxEventStreams)
      throw comeBackLater('Too many clients follow the events.', { kind: 'overloaded' });
    this.#all += 1;
    this.#perUser.set(user, own + 1);
    return () => {
      this.#all -= 1;
      const left = (this.#perUser.get(user) ?? 1) - 1;
      if (left > 0) this.#perUser.set(user, left);
      else this.#perUser.delete(user);
    };
  }
}
