import type { ViewContext } from '../app/view.ts';
import type { RemediationDetail } from '../types.ts';

/** Questions at the same time: each costs the server a question to a worker. */
const AT_ONCE = 4;

/** What some running remediations say of themselves. One that cannot be asked keeps what it said before. */
export class Details {
  readonly #context: ViewContext;
  readonly #stopping = new AbortController();
  #known = new Map<string, RemediationDetail>();
  #isAsking = false;
  #isDropped = false;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get(id: string): RemediationDetail | undefined {
    return this.#known.get(id);
  }

  /** Asks these, and forgets all others. Left out while the last questions are not answered yet. */
  ask(ids: readonly string[]): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#isDropped = false;
    const queue = ids.values();
    const next = new Map<string, RemediationDetail>();
    const lane = async () => {
      for (const id of queue) {
        const detail = await this.#read(id);
        if (detail !== undefined) next.set(id, detail);
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, lane)).then(() => {
      this.#isAsking = false;
      if (this.#stopping.signal.aborted || this.#isDropped) return;
      this.#known = next;
      this.#context.changed();
    });
  }

  /** What is being asked is not taken. */
  drop(): void {
    this.#isDropped = true;
  }

  dispose(): void {
    this.#stopping.abort();
  }

  async #read(id: string): Promise<RemediationDetail | undefined> {
    const { signal } = this.#stopping;
    try {
      return await this.#context.client.get<RemediationDetail>(`/remediations/${encodeURIComponent(id)}`, signal);
    } catch {
      return this.#known.get(id);
    }
  }
}
