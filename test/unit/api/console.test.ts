import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildConsole } from '../../../tools/build-console.ts';
import { ANN, problemOf, startPeopleApi } from './people-harness.ts';

let folder: string;
const startConsole = () => startPeopleApi({ users: [ANN], consoleFolder: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-console-'));
  await buildConsole({ output: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the console over HTTP', () => {
  it('is a page that anybody may load, for it holds no data, under a policy that lets nothing else in', async () => {
    const api = await startConsole();
    const answer = await fetch(`${api.url}/`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect((await api.ask('/remediations')).status).toBe(401);
  });

  it('names files that are there, may be kept for ever, and lead to each other', async () => {
    const api = await startConsole();
    const page = await (await fetch(`${api.url}/`)).text();
    const paths = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(paths.map((path) => path.split('/').at(-1)).sort()).toEqual([
      'console.css',
      'console.js',
      'icon.svg',
      'theme.js',
    ]);
    for (const path of paths) {
      expect(path).toMatch(/^\/console\/[0-9a-f]{16}\//);
      const answer = await fetch(`${api.url}${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      if (path.endsWith('.js')) expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    }
  });

  it('is compressed where the browser takes it, and not sent again where it has it', async () => {
    const api = await startConsole();
    const plain = await fetch(`${api.url}/`, { headers: { 'accept-encoding': 'identity' } });
    const etag = plain.headers.get('etag') ?? '';
    expect(plain.headers.get('content-encoding')).toBeNull();
    const zipped = await fetch(`${api.url}/`, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    expect(zipped.headers.get('vary')).toBe('Accept-Encoding');
    expect(await zipped.text()).toBe(await plain.text());
    expect((await fetch(`${api.url}/`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('answers for another version while replicas are replaced, but not for keeps', async () => {
    const api = await startConsole();
    const answer = await fetch(`${api.url}/console/0123456789abcdef/console.js`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    '/console/x/../../package.json',
    '/console/x/%2e%2e/%2e%2e/package.json',
    '/console/x/nothing.js',
    '/console/x',
  ])('has nothing at %s', async (path) => {
    const api = await startConsole();
    expect((await fetch(`${api.url}${path}`)).status).toBe(404);
  });

  it('takes GET and HEAD only', async () => {
    const api = await startConsole();
    expect((await fetch(`${api.url}/`, { method: 'HEAD' })).status).toBe(200);
    const answer = await fetch(`${api.url}/`, { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('says so where it has not been built', async () => {
    const api = await startPeopleApi({ consoleFolder: join(folder, 'nowhere') });
    const answer = await fetch(`${api.url}/`);
    expect(answer.status).toBe(404);
    expect((await problemOf(answer)).type).toBe('urn:mendloop:problem:console-not-built');
  });
});
