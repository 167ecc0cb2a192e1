import type { Request } from 'express';
import { comeBackAfter, type HttpProblem } from '../http/http-problem.ts';
import { RefusalLimits } from './refusal-limits.ts';
import type { Refusal, RefusalRecord } from './refusal-record.ts';
import type { RefusalReason } from '../../telemetry/metrics/access-metrics.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

export interface DoorkeeperParts {
  readonly metrics: Pick<Metrics, 'accessRefused'>;
  readonly record: Pick<RefusalRecord, 'note'>;
  /** Epoch ms. */
  readonly clock?: () => number;
}

/** Reasons behind which there is no guess: a page that has no token yet asks for several things at once. */
const HARMLESS: ReadonlySet<RefusalReason> = new Set(['token_missing', 'link_expired', 'users_required']);

/**
 * Counts, records and slows down those who are turned away, at every door alike. Who has the right token is never slowed
 * down, so that strangers cannot lock anybody out: tokens are long enough that guessing them is hopeless at any speed.
 */
export class Doorkeeper {
  readonly #parts: DoorkeeperParts;
  readonly #limits: RefusalLimits;

  constructor(parts: DoorkeeperParts) {
    this.#parts = parts;
    this.#limits = new RefusalLimits((parts.clock ?? Date.now)());
  }

  /** Notes that a request is turned away. Gives the seconds after which its sender may try again; 0: at once. */
  note(request: Request, { door, reason, claimed }: Refusal): number {
    const { metrics, record, clock = Date.now } = this.#parts;
    const from = request.socket.remoteAddress ?? 'unknown';
    const wait = HARMLESS.has(reason) ? 0 : this.#limits.take(from, clock());
    metrics.accessRefused({ door, reason, limited: wait > 0 });
    record.note({ door, reason, from, claimed, forwardedFor: forwardedFor(request) });
    return wait;
  }

  /** The same, as what the request is answered with: the problem, or 429 for those who are turned away all the time. */
  refuse(request: Request, refusal: Refusal, problem: HttpProblem): HttpProblem {
    const wait = this.note(request, refusal);
    return wait === 0 ? problem : comeBackAfter(wait);
  }
}

/** For whom a proxy says that it asks. Anybody may write so. */
function forwardedFor({ headers }: Request): string | undefined {
  const given = headers['x-forwarded-for'] ?? headers.forwarded;
  return given === undefined ? undefined : String(given).slice(0, 200);
}
