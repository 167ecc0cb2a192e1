import { type Refused, RefusalReason } from '../guards/refusal.ts';
import { momentText } from '../text/moment-text.ts';
import { createSpans, type Standing } from './spans.ts';
import { type ChangeScope, type ChangeWindow, covers, describeScope, type Meanwhile, WindowKind } from './window.ts';

/** One window as it stands, for people. Epoch ms. */
export interface WindowReading extends Pick<ChangeWindow, 'name' | 'kind' | 'reason' | 'meanwhile' | 'timeZone'> {
  readonly lasts: boolean;
  /** When that ends; absent: never. */
  readonly until?: number;
  /** What it covers, in words. */
  readonly scope: string;
}

/** What windows say of a change: not now. */
export interface WindowRefusal extends Refused {
  readonly reason: 'window';
  readonly meanwhile: Meanwhile;
}

/** When Mendloop may change something. */
export interface Calendar {
  /** Undefined: at this time it may. */
  refusal(scope: ChangeScope, now: number): WindowRefusal | undefined;
  readings(now: number): WindowReading[];
}

/** Ends of windows that are followed to find when all of them allow it; past that nobody could plan with it. */
const MAX_STEPS = 200;

/** Each window's standing is worked out when it changes, not for each alert. */
export function createCalendar(windows: readonly ChangeWindow[]): Calendar {
  const known = windows.map((window) => ({ window, standing: remembered(createSpans(window)) }));

  /** The windows that forbid a change, with the ends of that. */
  function forbidding(scope: ChangeScope, now: number): { window: ChangeWindow; until?: number }[] {
    const covering = known
      .filter(({ window }) => covers(window, scope))
      .map(({ window, standing }) => ({ window, ...standing(now) }));
    const closed = covering.filter(({ window, lasts }) => window.kind !== WindowKind.Hours && lasts);
    const hours = covering.filter(({ window }) => window.kind === WindowKind.Hours);
    if (hours.length === 0 || hours.some(({ lasts }) => lasts)) return closed;
    return [
      ...closed,
      ...hours.toSorted((one, other) => (one.until ?? Infinity) - (other.until ?? Infinity)).slice(0, 1),
    ];
  }

  /** When nothing forbids it any more. */
  function opensAt(scope: ChangeScope, now: number): number | undefined {
    let at = now;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const ends = forbidding(scope, at).map(({ until }) => until);
      if (ends.length === 0) return at;
      if (ends.includes(undefined)) return undefined;
      at = Math.max(...ends.filter((end) => end !== undefined));
    }
    return undefined;
  }

  return {
    refusal(scope, now) {
      const against = forbidding(scope, now);
      if (against.length === 0) return undefined;
      const until = opensAt(scope, now);
      const end = until === undefined ? 'no end is known' : `until ${momentText(until)}`;
      return {
        ...{ status: 'refused', reason: RefusalReason.Window },
        ...(until === undefined ? {} : { until }),
        text: `${against.map(({ window }) => describe(window)).join('; ')} (${end})`,
        meanwhile: against.some(({ window }) => window.meanwhile === 'observe') ? 'observe' : 'wait',
      };
    },

    readings: (now) =>
      known.map(({ window, standing }) => {
        const { name, kind, reason, meanwhile, timeZone } = window;
        return {
          name,
          kind,
          meanwhile,
          timeZone,
          ...(reason === undefined ? {} : { reason }),
          ...standing(now),
          scope: describeScope(window),
        };
      }),
  };
}

function describe({ name, kind, reason }: ChangeWindow): string {
  const why = reason === undefined ? '' : `, ${reason}`;
  switch (kind) {
    case WindowKind.Freeze:
      return `Freeze ${name}${why}`;
    case WindowKind.Maintenance:
      return `Maintenance ${name}${why}`;
    case WindowKind.Hours:
      return `Outside of the hours ${name}${why}`;
  }
}

function remembered(spans: { at(time: number): Standing }): (time: number) => Standing {
  let last: (Standing & { readonly since: number }) | undefined;
  return (time) => {
    const isGood = last !== undefined && time >= last.since && (last.until === undefined || time < last.until);
    if (!isGood) last = { ...spans.at(time), since: time };
    const { lasts, until } = last as Standing;
    return { lasts, ...(until === undefined ? {} : { until }) };
  };
}
