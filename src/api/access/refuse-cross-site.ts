import type { Request, RequestHandler } from 'express';
import type { Door } from '../../telemetry/metrics/access-metrics.ts';
import { HttpProblem } from '../http/http-problem.ts';
import type { Doorkeeper } from './doorkeeper.ts';

/** `none` is a person who typed the address. */
const OWN: readonly string[] = ['same-origin', 'none'];

export interface CrossSiteOptions {
  readonly publicUrl?: string | undefined;
  readonly keeper: Doorkeeper;
  readonly door: (request: Request) => Door;
}

/** Refuses what the page of another site makes a browser send. */
export function refuseCrossSite({ publicUrl, keeper, door }: CrossSiteOptions): RequestHandler {
  return (request, _response, next) => {
    if (isCrossSite(request, publicUrl)) {
      const problem = new HttpProblem(403, {
        kind: 'cross-site',
        detail: "This request comes from another site's page.",
      });
      throw keeper.refuse(request, { door: door(request), reason: 'cross_site' }, problem);
    }
    next();
  };
}

/**
 * Whether the page of another site made a browser send this. Browsers say so in `Sec-Fetch-Site`; old ones at least send
 * `Origin` with what changes something. Programs send neither, and have to have a token anyway.
 */
export function isCrossSite({ headers }: Pick<Request, 'headers'>, publicUrl?: string): boolean {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  if (site !== undefined) return typeof site !== 'string' || !OWN.includes(site);
  const own = [`http://${host ?? ''}`, `https://${host ?? ''}`, ...(publicUrl === undefined ? [] : [publicUrl])];
  return origin !== undefined && !own.some((url) => originOf(url) === origin);
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
