import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

/** The bearer token of a request; undefined where it has none. */
export function bearerOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  return /^bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/** Whether two secrets are the same, by digest and in constant time, so that timing tells neither content nor length. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

/** A token of the settings as it is now; empty where it cannot be read. */
export function tokenNow(token: () => string): string {
  try {
    return token();
  } catch {
    return '';
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The challenge of a 401. */
export const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="mendloop"' } as const;
