import { z } from 'zod';
import type { HoldPagesSettings } from '../../../config/notifications.ts';
import {
  type HoldPageRequest,
  holdComment,
  holdMatchers,
  NoHoldReason,
  OBJECT_LABELS,
  type OwnSilence,
  type PageHold,
  planHold,
  REMEDIATION_LABEL,
  SILENCE_AUTHOR,
  type SilenceMatcher,
} from '../../../domain/notice/page-hold.ts';
import { filtersOf } from './alert-state.ts';
import type { AlertmanagerApi, Answer } from './alertmanager-api.ts';

/** Holds pages back by silences, and lets them out again. */
export interface Silences {
  /** Idempotent by the remediation: an existing silence is kept or extended, never doubled. */
  hold(request: HoldPageRequest, signal?: AbortSignal): Promise<PageHold>;
  /**
   * Lets alerts out that have come since the page was held and differ by a label of a name that nothing had then: a
   * silence cannot say "and no other label". Changes nothing where none has come, or nothing is held.
   */
  narrow(request: Omit<HoldPageRequest, 'seconds'>, signal?: AbortSignal): Promise<void>;
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
  matchers: z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]),
});
const silencesSchema = z.array(silenceSchema);
const createdSchema = z.looseObject({ silenceID: z.string().min(1) });

const alertsSchema = z.array(z.looseObject({ labels: z.record(z.string(), z.string()) }));

type Labels = HoldPageRequest['labels'];

interface FoundSilence extends OwnSilence {
  readonly matchers: readonly Pick<SilenceMatcher, 'name' | 'value'>[];
}

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
  async function find(remediationId: string, signal?: AbortSignal): Promise<Answer<FoundSilence[]>> {
    const filter = `${REMEDIATION_LABEL}!=${JSON.stringify(remediationId)}`;
    const { content, now } = await api.ask(
      { method: 'GET', path: '/silences', query: { filter }, ...withSignal(signal) },
      silencesSchema,
    );
    const own = content
      .filter(({ createdBy, comment }) => createdBy === SILENCE_AUTHOR && comment.includes(` ${remediationId} `))
      .map(({ id, status, startsAt, endsAt, comment, matchers }) => ({
        id,
        startsAt: Date.parse(startsAt),
        endsAt: Date.parse(endsAt),
        isExpired: status.state === 'expired',
        comment,
        matchers,
      }));
    return { content: own, now };
  }

  /** The names of labels that alerts have which have all labels of this one, and more. */
  async function labelsOfSiblings(labels: Labels, signal?: AbortSignal): Promise<string[]> {
    const query = { filter: filtersOf(labels) };
    const { content } = await api.ask({ method: 'GET', path: '/alerts', query, ...withSignal(signal) }, alertsSchema);
    const siblings = content.filter((alert) =>
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
    );
    return [...new Set(siblings.flatMap((alert) => Object.keys(alert.labels)))];
  }

  /** Undefined if the alert cannot be told from others. */
  async function matchersFor(
    { remediationId, labels }: Omit<HoldPageRequest, 'seconds'>,
    signal?: AbortSignal,
  ): Promise<SilenceMatcher[] | undefined> {
    if (names !== undefined) return holdMatchers({ remediationId, labels, names });
    if (holdMatchers({ remediationId, labels }) === undefined) return undefined;
    const others = [...OBJECT_LABELS, ...(await labelsOfSiblings(labels, signal))];
    return holdMatchers({ remediationId, labels, others });
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
    async hold(request, signal) {
      const { remediationId, seconds } = request;
      const matchers = await matchersFor(request, signal);
      if (matchers === undefined) return { held: false, reason: NoHoldReason.NotIdentifiable };
      const { content: own, now } = await find(remediationId, signal);
      const plan = planHold({ own, now, seconds, maxSeconds });
      switch (plan.do) {
        case 'nothing':
          return { held: false, reason: plan.reason };
        case 'keep': {
          const { id, startsAt, endsAt } = plan.silence;
          if (
            isCoveredBy(
              matchers,
              own.find((silence) => silence.id === id),
            )
          ) {
            return { held: true, silenceId: id, until: new Date(endsAt).toISOString() };
          }
          // An alert has come that it would hold back too. Alertmanager puts another silence in its place.
          return await put({ remediationId, matchers, startsAt, until: endsAt, id }, signal);
        }
        case 'extend': {
          // The same start, or Alertmanager takes it for another silence.
          const { id, startsAt } = plan.silence;
          return await put({ remediationId, matchers, startsAt, until: plan.until, id }, signal);
        }
        case 'create':
          return await put({ remediationId, matchers, startsAt: now, until: plan.until }, signal);
      }
    },

    async narrow(request, signal) {
      const { remediationId } = request;
      const matchers = await matchersFor(request, signal);
      if (matchers === undefined) return;
      const { content: own } = await find(remediationId, signal);
      for (const silence of own.filter(({ isExpired }) => !isExpired)) {
        const { id, startsAt, endsAt: until } = silence;
        if (!isCoveredBy(matchers, silence)) await put({ remediationId, matchers, startsAt, until, id }, signal);
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

function isCoveredBy(wanted: readonly SilenceMatcher[], silence: FoundSilence | undefined): boolean {
  return wanted.every(({ name, value }) =>
    silence?.matchers.some((matcher) => matcher.name === name && matcher.value === value),
  );
}
