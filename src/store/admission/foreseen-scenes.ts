import type { Scene } from '../../domain/admission/scene.ts';

/** Milliseconds after which a scene is read anew: times are reckoned from the moment at which it was read. */
const FRESH_MS = 1000;

/** Scenes that are kept; more of them are read when they are needed. */
const MAX_FORESEEN = 32;

interface Foreseen {
  readonly at: number;
  readonly scene: Promise<Scene>;
}

/**
 * What an operation will look at, read while something else is waited for. What has changed since is no danger: a commit
 * goes through only on the very state that it was worked out on.
 */
export class ForeseenScenes {
  readonly #known = new Map<string, Foreseen>();

  begin(question: string, read: () => Promise<Scene>): void {
    for (const [known, { at }] of this.#known) if (!isFresh(at)) this.#known.delete(known);
    if (this.#known.size >= MAX_FORESEEN || this.#known.has(question)) return;
    const scene = read();
    scene.catch(() => undefined); // Told to what takes it.
    this.#known.set(question, { at: performance.now(), scene });
  }

  /** Once; undefined: it has to be read. @throws what reading it threw. */
  take(question: string): Promise<Scene> | undefined {
    const foreseen = this.#known.get(question);
    this.#known.delete(question);
    return foreseen !== undefined && isFresh(foreseen.at) ? foreseen.scene : undefined;
  }
}

function isFresh(at: number): boolean {
  return performance.now() - at < FRESH_MS;
}
