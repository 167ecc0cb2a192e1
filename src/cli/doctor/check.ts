import type { World } from './world.ts';

/** In the order in which they are told: what a later one needs comes first. */
export const CATEGORIES = [
  'settings',
  'temporal',
  'store',
  'kubernetes',
  'policy',
  'prometheus',
  'alertmanager',
  'clock',
  'end to end',
] as const;
export type Category = (typeof CATEGORIES)[number];

/** What a check found. `skipped`: it does not apply here, or what it needs is not there. */
export interface Verdict {
  readonly status: 'ok' | 'failed' | 'skipped';
  /** One sentence for people. */
  readonly text: string;
  /** What is wrong, one by one. */
  readonly details?: readonly string[];
}

/**
 * One question to an installation. Changes nothing, but for the synthetic alert. What it throws is a verdict too: it failed,
 * with the error's words.
 */
export interface Check {
  /** Stable, for programs that read the findings; also the name of its file and of its place in docs/doctor.md. */
  readonly code: string;
  readonly category: Category;
  /** What is asked, as a statement that holds when all is well. */
  readonly description: string;
  /** `fatal`: without it Mendloop does not work. `warning`: it works, and less of it than was meant. */
  readonly severity: 'fatal' | 'warning';
  /** After so long without an answer it has failed. */
  readonly deadlineSeconds: number;
  /** Whether it can be asked before Mendloop is installed. */
  readonly beforeInstall: boolean;
  /** Codes of checks without which there is nothing to ask; they stand before this one. */
  readonly needs: readonly string[];
  run(world: World, signal: AbortSignal): Promise<Verdict>;
}

export const ok = (text: string): Verdict => ({ status: 'ok', text });
export const skipped = (text: string): Verdict => ({ status: 'skipped', text });
export const failed = (text: string, details: readonly string[] = []): Verdict => ({
  status: 'failed',
  text,
  ...(details.length === 0 ? {} : { details }),
});
