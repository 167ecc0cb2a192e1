import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ApiUser } from '../api/access/identify.ts';
import { ALL_ROLES } from '../domain/decision/roles.ts';

/** A way into the API of one start, as its file in the state folder has it. */
const wayInSchema = z.strictObject({ url: z.url(), token: z.string().min(32) });
export type WayIn = z.infer<typeof wayInSchema>;

/** For the time of one start, and for those who can read the state folder: the token's holder has every role. */
export function startUser(): ApiUser {
  const token = randomBytes(32).toString('base64url');
  return { name: 'local', roles: [ALL_ROLES], token: () => token };
}

/** The console with the token in its fragment, which no browser sends to a server and no server writes into a log. */
export function consoleLink({ url, token }: WayIn): string {
  return `${url}/#token=${token}`;
}

/**
 * Leaves the way in where programs of the same user find it, for as long as the API runs.
 *
 * @throws Error if the folder cannot be written.
 */
export function leaveWayIn(stateFolder: string, wayIn: WayIn): { readonly file: string; remove(): void } {
  const folder = folderOf(stateFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = join(folder, `${new URL(wayIn.url).port}.json`);
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, JSON.stringify(wayIn), { mode: 0o600, flag: 'wx' });
  renameSync(unfinished, file);
  return {
    file,
    remove: () => {
      // Another may have taken the port since.
      if (read(file)?.token === wayIn.token) rmSync(file, { force: true });
    },
  };
}

/** The ways in that APIs of this state folder have left. One that has crashed leaves what leads nowhere. */
export function findWaysIn(stateFolder: string): WayIn[] {
  const folder = folderOf(stateFolder);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+\.json$/.test(name)).flatMap((name) => read(join(folder, name)) ?? []);
}

function read(file: string): WayIn | undefined {
  try {
    return wayInSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function folderOf(stateFolder: string): string {
  return join(stateFolder, 'api');
}
