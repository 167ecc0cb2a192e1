import { fdatasyncSync } from 'node:fs';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What PGlite's file system over Node.js has of Emscripten's, as far as it is touched here. */
interface WithNodeFs {
  readonly NODEFS: { readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => number } };
}

/**
 * PGlite's folder on the disk, with an fsync that reaches it. PGlite runs PostgreSQL with fsync off, and Emscripten's file
 * system would drop it: what was committed would outlive this process, but not a loss of power.
 */
class DurableFs extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(...args);
    const connect = (module: unknown) => {
      (module as WithNodeFs).NODEFS.stream_ops.fsync = ({ nfd }) => {
        fdatasyncSync(nfd);
        return 0;
      };
    };
    return { ...result, emscriptenOpts: withPreRun(result.emscriptenOpts, connect) };
  }
}

/** Options that make every commit durable; one small write to the disk each. */
export function durable(folder: string): Pick<PGliteOptions, 'fs' | 'startParams'> {
  return {
    fs: new DurableFs(folder),
    startParams: [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
      // The only method that Emscripten hands on to the file system.
      ...['-c', 'wal_sync_method=fsync'],
      // One small table, in a process that has other things to hold in memory.
      ...['-c', 'shared_buffers=16MB'],
    ],
  };
}

function withPreRun<Options extends { preRun?: unknown }>(options: Options, hook: (module: unknown) => void): Options {
  const before = Array.isArray(options.preRun) ? (options.preRun as unknown[]) : [];
  return { ...options, preRun: [...before, hook] };
}
