import { readFileSync } from 'node:fs';

/** Whom a server runs as that refuses to run as root. */
export interface OrdinaryUser {
  readonly uid: number;
  readonly gid: number;
  /** Prefix of a command line that runs the rest as this user, with the same process ID. */
  readonly command: readonly [string, ...string[]];
}

/**
 * Undefined where we are an ordinary user already. Root becomes the first of `names` that the system knows, by util-linux's
 * `setpriv`.
 */
export function ordinaryUser(names: readonly string[]): OrdinaryUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of names) {
    const account = accounts.find(([account]) => account === name);
    const [uid, gid] = [Number(account?.[2]), Number(account?.[3])];
    if (account === undefined || !(uid > 0)) continue;
    return { uid, gid, command: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'] };
  }
  throw new Error(
    `this must not run as root, and none of the users ${names.join(', ')} exists: run it as another user`,
  );
}
