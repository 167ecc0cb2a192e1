import type { Pod } from './workload.ts';

/** Milliseconds for which a list stands for what is there: the reads before one effect are made side by side. */
const FRESH_MS = 1000;

/** A list that is on its way, or was a moment ago; undefined of one that would not fit on a page. */
type WholeList = Promise<readonly Pod[] | undefined>;

/**
 * The Pods of whole namespaces that one question has listed, for another that asks for some of them at the same time: so
 * that the way to the first effect waits for one list in place of two, one after the other.
 */
export class ListedPods {
  readonly #lists = new Map<string, { readonly at: number; readonly list: WholeList }>();

  note(namespace: string, list: WholeList): void {
    list.catch(() => undefined); // Told to what asked for it.
    for (const [known, { at }] of this.#lists) if (!isFresh(at)) this.#lists.delete(known);
    this.#lists.set(namespace, { at: performance.now(), list });
  }

  /** Undefined: nothing has listed them, or not in one page, or it could not. */
  async recent(namespace: string): WholeList {
    const last = this.#lists.get(namespace);
    return last !== undefined && isFresh(last.at) ? await last.list.catch(() => undefined) : undefined;
  }
}

function isFresh(at: number): boolean {
  return performance.now() - at < FRESH_MS;
}
