/** Keys remembered at most; past this many the oldest is forgotten, and its notice comes alone. */
const MAX_KEYS = 10_000;

/** How much later than told a notice may come back, in milliseconds; another worker may have got it by then. */
const GRACE_MS = 60_000;

/** Notices that were told to come back later, so that they can be gathered when they do. */
export class ExpectedBack {
  readonly #dueByKey = new Map<string, number>();

  add(key: string, due: number): void {
    this.#dueByKey.delete(key);
    const [oldest] = this.#dueByKey.keys();
    if (this.#dueByKey.size >= MAX_KEYS && oldest !== undefined) this.#dueByKey.delete(oldest);
    this.#dueByKey.set(key, due);
  }

  arrived(key: string): void {
    this.#dueByKey.delete(key);
  }

  isEmpty(now: number): boolean {
    for (const [key, due] of this.#dueByKey) {
      if (due + GRACE_MS >= now) return false;
      this.#dueByKey.delete(key);
    }
    return true;
  }
}
