import { type Request, type Response, Router } from 'express';
import { HttpProblem } from '../http/http-problem.ts';
import { onlyAllow } from '../http/only-allow.ts';
import { BUILT_CONSOLE, type ConsoleFile, type ConsoleFiles, readConsole } from './console-files.ts';

export interface ConsoleOptions {
  /** Of the built console; the package's own unless given. */
  readonly folder?: string | undefined;
}

/**
 * Scripts, styles and data come from here and from nowhere else; nothing is framed, nothing is sent by a form, and no
 * text can become markup: the page itself could not do it by mistake.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'X-Robots-Tag': 'noindex, nofollow',
};

const A_YEAR = 31_536_000;

/** `/`: the console, and its files below `/console/`. They hold no data: what they show they ask of `/api/v1`. */
export function consoleRoutes({ folder = BUILT_CONSOLE }: ConsoleOptions = {}): Router {
  const router = Router();
  let known: ConsoleFiles | undefined;
  const files = (): ConsoleFiles => {
    // Read at the first request: most processes that could show it are never asked.
    known ??= readConsole(folder);
    if (known === undefined) {
      throw new HttpProblem(404, {
        kind: 'console-not-built',
        detail: 'The console has not been built: make build does.',
      });
    }
    return known;
  };

  router.get('/', (request, response) => {
    send(request, response, files().page, 'no-cache');
  });
  router.get('/console/:version/*path', (request, response) => {
    const { version, assets } = files();
    const { path } = request.params;
    const asset = assets.get(path.join('/'));
    if (asset === undefined) throw new HttpProblem(404, { detail: 'There is nothing at this path.' });
    // Another version is asked for while processes are being replaced: ours is better than none, but not for keeps.
    const isOurs = request.params['version'] === version;
    send(request, response, asset, isOurs ? `public, max-age=${A_YEAR}, immutable` : 'no-cache');
  });
  router.all(['/', '/console/:version/*path'], onlyAllow('GET, HEAD'));
  return router;
}

function send(request: Request, response: Response, file: ConsoleFile, caching: string): void {
  const { type, body, gzipped, etag } = file;
  response.set({ ...HEADERS, 'Cache-Control': caching, ETag: etag, Vary: 'Accept-Encoding' });
  if (request.get('if-none-match') === etag) {
    response.status(304).end();
    return;
  }
  const isGzipped = request.acceptsEncodings('gzip') === 'gzip' && gzipped.length < body.length;
  if (isGzipped) response.set('Content-Encoding', 'gzip');
  response.set('Content-Type', type);
  response.end(isGzipped ? gzipped : body);
}
