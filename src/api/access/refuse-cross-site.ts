import type { RequestHandler } from 'express';
import { HttpProblem } from '../http/http-problem.ts';

/** `none` is a person who typed the address. */
const OWN: readonly string[] = ['same-origin', 'none'];

/**
 * Refuses what the page of another site makes a browser send. Browsers say so in `Sec-Fetch-Site`; old ones at least
 * send `Origin` with what changes something. Programs send neither, and have to have a token anyway.
 */
export function refuseCrossSite({ publicUrl }: { readonly publicUrl?: string | undefined }): RequestHandler {
  return (request, _response, next) => {
    const site = request.headers['sec-fetch-site'];
    const { origin, host } = request.headers;
    const own = [`http://${host ?? ''}`, `https://${host ?? ''}`, ...(publicUrl === undefined ? [] : [publicUrl])];
    const isForeign =
      site === undefined ? origin !== undefined && !own.some((url) => originOf(url) === origin) : !isOwn(site);
    if (isForeign) {
      throw new HttpProblem(403, { kind: 'cross-site', detail: "This request comes from another site's page." });
    }
    next();
  };
}

function isOwn(site: string | string[]): boolean {
  return typeof site === 'string' && OWN.includes(site);
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
