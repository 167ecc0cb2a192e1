import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download } from '../../../src/local/servers/download.ts';
import { freePort } from '../../../src/local/process/free-port.ts';
import { scratchFolder, serve } from './scratch.ts';

const content = Buffer.alloc(300_000, 'release');
const digest = (algorithm: string) => `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;

describe('download', () => {
  it.each(['sha256', 'sha512'])('keeps a file whose %s is the pinned one, and follows redirects', async (algorithm) => {
    const url = await serve((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
      else response.end(content);
    });
    const file = join(await scratchFolder(), 'file');
    const seen: number[] = [];
    await download({
      url: `${url}/moved`,
      checksum: digest(algorithm),
      file,
      onProgress: ({ bytes }) => seen.push(bytes),
    });
    expect((await readFile(file)).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
  });

  it('throws away a file whose checksum is another, and says both', async () => {
    const url = await serve((_request, response) => response.end('tampered with'));
    const file = join(await scratchFolder(), 'file');
    const actual = createHash('sha256').update('tampered with').digest('hex');
    await expect(download({ url, checksum: digest('sha256'), file })).rejects.toThrow(
      `${url}: its sha256 is ${actual}, pinned is ${digest('sha256').slice(7)}`,
    );
    expect(existsSync(file)).toBe(false);
  });

  it('reports the status of a refusal', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    const file = join(await scratchFolder(), 'file');
    await expect(download({ url, checksum: digest('sha256'), file })).rejects.toThrow('the server answered 404');
  });

  it('gives up on a server that stops sending, and leaves nothing behind', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    });
    const file = join(await scratchFolder(), 'file');
    await expect(download({ url, checksum: digest('sha256'), file, stallTimeoutMs: 100 })).rejects.toThrow(
      'no byte for 0.1 s',
    );
    expect(existsSync(file)).toBe(false);
  });

  it('says why there is no connection', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const file = join(await scratchFolder(), 'file');
    await expect(download({ url, checksum: digest('sha256'), file })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('rejects with the reason it was aborted for', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('interrupted')));
    const file = join(await scratchFolder(), 'file');
    await expect(download({ url, checksum: digest('sha256'), file, signal: stop.signal })).rejects.toThrow(
      'interrupted',
    );
  });
});
