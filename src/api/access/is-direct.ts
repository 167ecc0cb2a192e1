import type { Request } from 'express';
import { isLoopback } from './loopback.ts';

/** Headers by which a proxy says for whom it asks. */
const OF_A_PROXY = /^(?:forwarded|via|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip|x-forwarded(?:-.*)?)$/;

/**
 * Whether a request to a loopback listener was made on this machine and for itself: it names this machine, as a page
 * whose name was made to lead here does not, and no proxy stands behind it. No proof of who asks.
 */
export function isDirect({ headers, httpVersion }: Pick<Request, 'headers' | 'httpVersion'>): boolean {
  // nginx asks by HTTP/1.0 unless it is told otherwise, names this machine as the host, and adds no header of its own.
  if (httpVersion === '1.0') return false;
  return isLoopbackAuthority(headers.host ?? '') && !Object.keys(headers).some((name) => OF_A_PROXY.test(name));
}

/** Of a header `Host`: a name or an address, and a port or none. */
function isLoopbackAuthority(host: string): boolean {
  const url = `http://${host}`;
  return !/[@/?#\\\s]/.test(host) && URL.canParse(url) && isLoopback(new URL(url).hostname);
}
