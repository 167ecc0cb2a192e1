import type { Request } from 'express';
import type { Door } from '../../telemetry/metrics/access-metrics.ts';

/** Which door of `/api/v1` a request came to. */
export function doorOf({ path }: Pick<Request, 'path'>): Door {
  return /^\/events\/?$/i.test(path) ? 'events' : 'api';
}
