import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createHash } from 'node:crypto';
import { MendloopError } from '../../domain/failures.ts';
import { type LivePolicy, type PolicyEngine, type PolicyEvents, PROBE } from './policy-engine.ts';
import { readBundle } from './read-bundle.ts';
import { loadWasmPolicy } from './wasm-policy.ts';

/** Editors and copies write in several steps; a bundle is looked at when its folder has been quiet this long. */
const QUIET_MS = 100;

/** Network file systems tell no changes: look anyway, this often. */
const POLL_MS = 5_000;

export interface PolicyBundleOptions extends PolicyEvents {
  /** Bundle made by `opa build -t wasm -e mendloop/decision`. */
  readonly path: string;
}

/**
 * Loads the bundle and follows its file. A changed bundle takes over only after it has compiled and answered; until
 * then, and if it is broken, missing or half-written, the last good one stays. Starts without a bundle if there is no
 * good one yet: deciding then fails with `PolicyUnavailable`, which is retried.
 */
export async function openPolicyBundle({ path, onReload, onError }: PolicyBundleOptions): Promise<LivePolicy> {
  let current: PolicyEngine | undefined;
  let seen = '';
  let closed = false;

  async function look(): Promise<void> {
    let content: Buffer;
    try {
      content = await readFile(path);
    } catch {
      report('missing', new MendloopError('PolicyUnavailable', `policy bundle ${path} cannot be read`));
      return;
    }
    const hash = createHash('sha256').update(content).digest('hex');
    if (hash === seen) return;
    try {
      const next = await loadWasmPolicy(await readBundle(content));
      await next.decide(PROBE);
      if (closed) return;
      seen = hash;
      current = next;
      onReload?.({ revision: next.revision });
    } catch (error) {
      if (!(error instanceof MendloopError)) throw error;
      report(hash, error);
    }
  }

  function report(hash: string, error: MendloopError): void {
    if (hash === seen || closed) return;
    seen = hash;
    onError?.(error);
  }

  // One look at a time, in order: an older content must not overtake a newer one.
  let looking = Promise.resolve();
  const lookSoon = () => (looking = looking.then(look));
  await lookSoon();

  let quiet: NodeJS.Timeout | undefined;
  const changed = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void lookSoon(), QUIET_MS);
  };
  // The folder, not the file: replacing a file by renaming another over it would lose a watch on the file.
  const watcher = watchFolder(dirname(path), changed);
  const poll = setInterval(() => void lookSoon(), POLL_MS).unref();

  return {
    get ready() {
      return current !== undefined;
    },
    get revision() {
      return current?.revision ?? 'none';
    },
    decide: async (input) => {
      if (current === undefined) throw new MendloopError('PolicyUnavailable', `no good policy bundle at ${path} yet`);
      return await current.decide(input);
    },
    close: async () => {
      closed = true;
      watcher?.close();
      clearTimeout(quiet);
      clearInterval(poll);
      await looking;
    },
  };
}

function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on('error', () => undefined);
  } catch {
    return undefined; // No such folder, or no watches left: the poll still looks.
  }
}
