import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { type Footprint, footprintOf } from './footprint.ts';

/** Ways of an alert through Temporal that the model counts, and the recorded history of each. */
export const WAYS = {
  /** Policy wants no plan for it: people are told. */
  told: 'rejected',
  /** Policy has a plan whose mode is `observe`. */
  observed: 'observed',
  /** Acts, cures, and watches until the alert is over. */
  cured: 'remediated',
  /** The same after a human said yes. */
  approved: 'remediated-by-approval',
  /** The first plan did not help, the second did. */
  ladder: 'remediated-by-the-second-rung',
  /** Did not help, and was undone; people are told, and told again that it is over. */
  undone: 'rolled-back',
} as const;

export type Way = keyof typeof WAYS;

/** Workflows that run beside remediations, by a Schedule. */
const SWEEP = 'sweep';

export interface Footprints {
  readonly ways: Readonly<Record<Way, Footprint>>;
  readonly sweep: Footprint;
}

/** Measures the newest of the histories that the replay test holds later versions to. */
export function measureHistories(): Footprints {
  const folder = globSync('test/replay/histories/*/', { cwd: packageRoot() }).toSorted().at(-1);
  if (folder === undefined) throw new Error('no histories are recorded: node test/replay/record.ts NAME');
  const read = (name: string) =>
    footprintOf(JSON.parse(readFileSync(join(packageRoot(), folder, `${name}.json`), 'utf8')));
  const ways = Object.entries(WAYS).map(([way, name]) => [way, read(name)]);
  return { ways: Object.fromEntries(ways) as Footprints['ways'], sweep: read(SWEEP) };
}

/** Kept beside the model, so that its tables do not move with each recording: `node bench/sizing/measure.ts`. */
export const FOOTPRINTS_FILE = join(import.meta.dirname, 'footprints.json');

export function readFootprints(): Footprints {
  return JSON.parse(readFileSync(FOOTPRINTS_FILE, 'utf8')) as Footprints;
}
