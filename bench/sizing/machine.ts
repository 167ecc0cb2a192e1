import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Of `make bench TEMPORAL=postgres ONLY=remediation-cost REPORT=bench/sizing/machine.json`, as it was written. */
const FILE = join(import.meta.dirname, 'machine.json');

const reportSchema = z.array(z.looseObject({ name: z.string(), value: z.number(), unit: z.string(), n: z.number() }));

/** What one remediation that cures takes of a machine, on average over `n`. */
export interface MachineFigures {
  readonly n: number;
  /** Milliseconds of CPU by process. */
  readonly cpuMs: Readonly<Record<string, number>>;
  /** Bytes by database: to its log, which backups and replicas get, and what it is larger by afterwards. */
  readonly logBytes: Readonly<Record<string, number>>;
  readonly diskBytes: Readonly<Record<string, number>>;
}

export function readMachineFigures(): MachineFigures {
  const report = reportSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  const of = (prefix: string, scale = 1) =>
    Object.fromEntries(
      report
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name, value }) => [name.slice(prefix.length), value * scale]),
    );
  return {
    n: report[0]?.n ?? 0,
    cpuMs: of('CPU: '),
    logBytes: of('written to the log of its database: ', 1000),
    diskBytes: of('growth on disk: ', 1000),
  };
}
