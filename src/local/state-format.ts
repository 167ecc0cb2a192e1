import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { compareVersions, parseVersion } from './servers/version.ts';

/** Of the state folder as a whole: which files are in it, and how Temporal and the store write them. */
const FORMAT = 1;

const writtenBySchema = z.looseObject({ format: z.int(), mendloop: z.string(), temporal: z.string() });

/** Versions of what is about to write. */
export interface Writer {
  readonly mendloop: string;
  /** Of Temporal's CLI, whose server changes its database's schema with time, and never back. */
  readonly temporal: string;
}

/** The state folder was written by a version that this one does not know; nothing in it was touched. */
export class StateRefused extends Error {
  override readonly name = 'StateRefused';
}

/**
 * Sees that this version may write into a state folder, and notes in it that it does.
 *
 * @throws StateRefused with what wrote it, and what to do.
 */
export function claimState(state: string, writer: Writer): void {
  const problem = problemOf(state, writer);
  if (problem !== undefined) {
    throw new StateRefused(
      `the state folder ${state} ${problem}: nothing in it was read or changed. Run the version that wrote it, or ` +
        'restore a copy that this one wrote, or keep a copy of the folder and begin with an empty one ' +
        '(docs/install.md#back-up-and-restore)',
    );
  }
  const file = fileOf(state);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify({ format: FORMAT, ...writer })}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

const fileOf = (state: string) => join(state, 'written-by.json');

function problemOf(state: string, writer: Writer): string | undefined {
  const file = fileOf(state);
  if (!existsSync(file)) {
    const holds = ['temporal.db', 'audit'].find((name) => existsSync(join(state, name)));
    return holds === undefined ? undefined : `has a ${holds}, and nothing says which version wrote it`;
  }
  const written = writtenBySchema.safeParse(jsonOf(readFileSync(file, 'utf8')));
  if (!written.success) return 'has a written-by.json that cannot be read';
  const { format, mendloop, temporal } = written.data;
  if (format !== FORMAT)
    return `was written by Mendloop ${mendloop} in format ${format}, and this version has ${FORMAT}`;
  if (isNewer(mendloop, writer.mendloop)) return `was written by Mendloop ${mendloop}, newer than ${writer.mendloop}`;
  if (isNewer(temporal, writer.temporal)) return `was written by Temporal ${temporal}, newer than ${writer.temporal}`;
  return undefined;
}

/** By major and minor: patches change no format. What is no version is newer than all. */
function isNewer(written: string, here: string): boolean {
  const [theirs, ours] = [parseVersion(written), parseVersion(here)];
  if (theirs === undefined || ours === undefined) return written !== here;
  const line = (version: string) => version.replace(/\.\d+$/, '.0');
  return compareVersions(line(theirs), line(ours)) > 0;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
