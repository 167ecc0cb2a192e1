import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { SourceFailed } from './server-binary.ts';

export interface Download {
  url: string;
  /** `sha256:HEX` or `sha512:HEX` */
  checksum: string;
  /** Where to; only there in the end if the checksum is right. */
  file: string;
  onProgress?: (received: { bytes: number; total: number | undefined }) => void;
  signal?: AbortSignal | undefined;
  /** Milliseconds until a connection must be up; 10 s unless given. */
  connectTimeoutMs?: number;
  /** Milliseconds without a byte after which the download is given up; 30 s unless given. */
  stallTimeoutMs?: number;
}

/**
 * Downloads and verifies in one go; honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY. Throws {@link SourceFailed} on any
 * failure, a wrong checksum included, and leaves no file behind then.
 */
export async function download(options: Download): Promise<void> {
  const { url, file } = options;
  const [algorithm = '', expected = ''] = options.checksum.split(':');
  const stallTimeoutMs = options.stallTimeoutMs ?? 30_000;
  const stalled = new AbortController();
  const signal = AbortSignal.any([stalled.signal, ...(options.signal ? [options.signal] : [])]);
  const agent = new EnvHttpProxyAgent({ connect: { timeout: options.connectTimeoutMs ?? 10_000 } });
  let watchdog: NodeJS.Timeout | undefined;
  const expectBytes = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      stalled.abort(new Error(`no byte for ${stallTimeoutMs / 1000} s`));
    }, stallTimeoutMs);
  };
  try {
    expectBytes();
    const response = await fetch(url, { dispatcher: agent, signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const total = Number(response.headers.get('content-length') ?? NaN);
    const hash = createHash(algorithm);
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, callback) {
        expectBytes();
        hash.update(chunk);
        bytes += chunk.length;
        options.onProgress?.({ bytes, total: Number.isNaN(total) ? undefined : total });
        callback(null, chunk);
      },
    });
    const body = response.body as ReadableStream<Uint8Array>;
    await pipeline(body, meter, createWriteStream(file), { signal });
    const actual = hash.digest('hex');
    if (actual !== expected) {
      throw new Error(`its ${algorithm} is ${actual}, pinned is ${expected}; what was downloaded is thrown away`);
    }
  } catch (error) {
    await rm(file, { force: true });
    options.signal?.throwIfAborted();
    throw new SourceFailed(`${url}: ${reason(stalled.signal.aborted ? stalled.signal.reason : error)}`);
  } finally {
    clearTimeout(watchdog);
    await agent.destroy();
  }
}

/** `fetch failed` says nothing; what is behind it does. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return error.message === 'fetch failed' && cause instanceof Error ? cause.message : error.message;
}
