import { z } from 'zod';
import type { HoldPagesSettings } from '../../../config/notifications.ts';
import {
  type HoldPageRequest,
  holdComment,
  holdMatchers,
  NoHoldReason,
  type OwnSilence,
  type PageHold,
  planHold,
  REMEDIATION_LABEL,
  SILENCE_AUTHOR,
  type SilenceMatcher,
} from '../../../domain/notice/page-hold.ts';
import type { AlertmanagerApi, Answer } from './alertmanager-api.ts';

/** Holds pages back by silences, and lets them out again. */
export interface Silences {
  /** Idempotent by the remediation: an existing silence is kept or extended, never doubled. */
  hold(request: HoldPageRequest, signal?: AbortSignal): Promise<PageHold>;
  /** Ends every silence of the remediation at once; how many there were. */
  release(remediationId: string, signal?: AbortSignal): Promise<number>;
}

const silenceSchema = z.looseObject({
  id: z.string().min(1),
  status: z.looseObject({ state: z.enum(['active', 'pending', 'expired']) }),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
});
const silencesSchema = z.array(silenceSchema);
const createdSchema = z.looseObject({ silenceID: z.string().min(1) });

/** Statuses of an Alertmanager that has lost the silence; 0.28 and older say so by a 500. */
const isGone = ({ status, text }: { status: number; text: string }) =>
  status === 404 || (status === 500 && text.includes('not found'));

/** All instants are by Alertmanager's clock, so that a skew to ours neither delays a silence nor draws it out. */
export function createSilences(
  api: AlertmanagerApi,
  { maxSeconds, matchers: names }: Pick<HoldPagesSettings, 'maxSeconds' | 'matchers'>,
): Silences {
  const withSignal = (signal?: AbortSignal) => (signal === undefined ? {} : { signal });

  /** Every silence that this remediation has ever had, as far as Alertmanager remembers (120 h by default). */
  async function find(remediationId: string, signal?: AbortSignal): Promise<Answer<OwnSilence[]>> {
    const filter = `${REMEDIATION_LABEL}!=${JSON.stringify(remediationId)}`;
    const { content, now } = await api.ask(
      { method: 'GET', path: '/silences', query: { filter }, ...withSignal(signal) },
      silencesSchema,
    );
    const own = content
      .filter(({ createdBy, comment }) => createdBy === SILENCE_AUTHOR && comment.includes(remediationId))
      .map(({ id, status, startsAt, endsAt, comment }) => ({
        id,
        startsAt: Date.parse(startsAt),
        endsAt: Date.parse(endsAt),
        isExpired: status.state === 'expired',
        comment,
      }));
    return { content: own, now };
  }

  interface Put {
    readonly remediationId: string;
    readonly matchers: readonly SilenceMatcher[];
    readonly startsAt: number;
    readonly until: number;
    /** Absent: a new silence. */
    readonly id?: string;
  }

  async function put({ remediationId, matchers, startsAt, until, id }: Put, signal?: AbortSignal): Promise<PageHold> {
    const silence = {
      ...(id === undefined ? {} : { id }),
      matchers,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(until).toISOString(),
      createdBy: SILENCE_AUTHOR,
      comment: holdComment(remediationId, until),
    };
    const { content } = await api.ask(
      {
        method: 'POST',
        path: '/silences',
        body: JSON.stringify(silence),
        headers: { 'content-type': 'application/json' },
        ...withSignal(signal),
      },
      createdSchema,
    );
    return { held: true, silenceId: content.silenceID, until: silence.endsAt };
  }

  return {
    async hold({ remediationId, labels, seconds }, signal) {
      const matchers = holdMatchers(remediationId, labels, names);
      if (matchers === undefined) return { held: false, reason: NoHoldReason.NotIdentifiable };
      const { content: own, now } = await find(remediationId, signal);
      const plan = planHold({ own, now, seconds, maxSeconds });
      switch (plan.do) {
        case 'nothing':
          return { held: false, reason: plan.reason };
        case 'keep':
          return { held: true, silenceId: plan.silence.id, until: new Date(plan.silence.endsAt).toISOString() };
        case 'extend': {
          // The same start, or Alertmanager takes it for another silence.
          const { id, startsAt } = plan.silence;
          return await put({ remediationId, matchers, startsAt, until: plan.until, id }, signal);
        }
        case 'create':
          return await put({ remediationId, matchers, startsAt: now, until: plan.until }, signal);
      }
    },

    async release(remediationId, signal) {
      const { content } = await find(remediationId, signal);
      const active = content.filter(({ isExpired }) => !isExpired);
      for (const { id } of active) {
        const response = await api.tryAsk({ method: 'DELETE', path: `/silence/${id}`, ...withSignal(signal) });
        const ended = (response.status >= 200 && response.status < 300) || isGone(response);
        if (!ended) throw api.refusal(response);
      }
      return active.length;
    },
  };
}
