import { Router } from 'express';
import { isStillGood, principalOf } from '../access/principal.ts';
import { comeBackLater } from '../http/http-problem.ts';
import type { Lifecycle } from '../http/lifecycle.ts';
import type { Change } from './change-log.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { StreamSlots } from './stream-slots.ts';

export interface EventRoutesOptions {
  readonly feed: ChangeFeed;
  readonly lifecycle: Lifecycle;
  readonly slots: StreamSlots;
  /** Milliseconds between two comments that keep the connection open. */
  readonly heartbeatMs?: number;
}

/** Below the idle timeouts of usual proxies. */
const HEARTBEAT_MS = 15_000;
/** Between two looks at whether the token is still one, while nothing is sent; in milliseconds. */
const CHECK_MS = 1_000;
/** No look is older than this when something is sent: a storm of events is not to become one of looks at files. */
const CHECKED_MS = 50;
/** How long a client waits before it connects again. */
const RETRY_MS = 2_000;
/** Bytes that a client may be behind before it is cut off: it reconnects and catches up, or reads everything anew. */
const MAX_BEHIND = 1024 * 1024;

/**
 * `GET /events`: server-sent events. `hello` at the beginning; `remediation` with a summary and `guards` with an overview
 * for each change; `reset` instead of what was missed where that is not known any more. A stream ends when its token is
 * rotated or withdrawn.
 */
export function eventRoutes({ feed, lifecycle, slots, heartbeatMs = HEARTBEAT_MS }: EventRoutesOptions): Router {
  const router = Router();
  router.get('/events', (request, response) => {
    if (lifecycle.draining) throw comeBackLater('The API is about to stop.', { kind: 'overloaded' });
    const leave = request.method === 'HEAD' ? () => undefined : slots.take(principalOf(request).name);
    response.once('close', leave);
    const lastEventId = request.get('last-event-id');
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // A proxy that collects the answer would hold every event back.
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    let checkedAt = performance.now();
    const isGood = (within: number) => {
      if (performance.now() - checkedAt < within) return true;
      checkedAt = performance.now();
      return isStillGood(request);
    };
    const write = (text: string) => {
      if (response.writableLength > MAX_BEHIND) response.destroy();
      else if (!isGood(CHECKED_MS)) response.end();
      else if (!response.writableEnded) response.write(text);
    };
    const subscription = feed.follow((change) => write(format(change)), lastEventId);
    const heartbeat = setInterval(() => write(':\n\n'), heartbeatMs);
    const check = setInterval(() => {
      if (!isGood(0)) response.end();
    }, CHECK_MS);
    const end = () => response.end();
    lifecycle.closing.addEventListener('abort', end, { once: true });
    response.once('close', () => {
      clearInterval(heartbeat);
      clearInterval(check);
      subscription.end();
      lifecycle.closing.removeEventListener('abort', end);
    });

    const { missed, position } = subscription;
    write(`retry: ${RETRY_MS}\n\n`);
    write(missed === undefined ? event(position, 'reset', '{}') : event(position, 'hello', '{}', missed.length > 0));
    for (const change of missed ?? []) write(format(change));
  });
  return router;
}

function format({ id, event: name, data }: Change): string {
  return event(id, name, data);
}

/** Without an ID where older changes follow: a client that leaves in between has to come back for them. */
function event(id: string, name: string, data: string, isFollowed = false): string {
  return `${isFollowed ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
}
