import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { ACTIONS } from '../domain/actions/index.ts';
import { createSpans } from '../domain/windows/spans.ts';
import { WindowKind } from '../domain/windows/window.ts';

/** By the clock of the window's time zone. */
const local = z.string().refine(isTime, 'must be a date and a time without a zone: 2026-11-27T09:00');
const day = z.iso.date('must be a day: 2026-12-24');
const names = z.array(z.string().min(1).max(253)).min(1).max(1000);
const action = z
  .string()
  .refine((name) => Object.hasOwn(ACTIONS, name), `must be an action: ${Object.keys(ACTIONS).join(', ')}`);
const MAX_DAYS = 400;

const windowSchema = z
  .strictObject({
    /** For people, and for the audit log. */
    name: z.string().trim().min(1).max(100),
    /** `freeze`, `maintenance`: nothing is changed while it lasts. `hours`: something is changed only while it lasts. */
    kind: z.enum(WindowKind),
    reason: z.string().trim().min(1).max(300).optional(),
    /** IANA name of the time zone whose clock counts. */
    timeZone: z.string().refine(isZone, 'must be the name of a time zone: Europe/Berlin, UTC').default('UTC'),
    /** Beginning and end of the first one, or of the only one. */
    from: local,
    until: local,
    /** Recurrence rule of RFC 5545: `FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR`; absent: once. */
    rule: z.string().max(500).optional(),
    /** Days on which none begins: `2026-12-24`. */
    except: z.array(day).max(1000).default([]),
    /** What it covers; absent: everything. `shop-*`: all that begin so. */
    namespaces: names.optional(),
    teams: names.optional(),
    actions: z.array(action).min(1).optional(),
    /**
     * What an alert gets that must not be acted on now. `observe`: people are told what would have been done, and it is
     * entered again afterwards. `wait`: it waits, for as long as its plan does. Absent: `wait` for hours, else `observe`.
     */
    meanwhile: z.enum(['observe', 'wait']).optional(),
  })
  .superRefine((window, context) => {
    const { from, until } = window;
    if (!isTime(from) || !isTime(until)) return;
    const length = Temporal.PlainDateTime.from(from).until(until, { largestUnit: 'day' });
    if (length.sign <= 0) context.addIssue({ code: 'custom', path: ['until'], message: 'must come after from' });
    else if (length.days > MAX_DAYS)
      context.addIssue({ code: 'custom', path: ['until'], message: `must come within ${MAX_DAYS} days after from` });
    else if (isZone(window.timeZone)) {
      const problem = problemOf(window);
      if (problem !== undefined) {
        const message = `must be a recurrence rule of RFC 5545, as FREQ=WEEKLY;BYDAY=MO,TU: ${problem}`;
        context.addIssue({ code: 'custom', path: ['rule'], message });
      }
    }
  })
  .transform(({ meanwhile, ...window }) => ({
    ...window,
    meanwhile: meanwhile ?? (window.kind === WindowKind.Hours ? ('wait' as const) : ('observe' as const)),
  }));

/** When Mendloop may change something: freezes, maintenance by people, hours. */
export const windowsSchema = z
  .array(windowSchema)
  .max(500)
  .superRefine((windows, context) => {
    for (const [index, { name }] of windows.entries()) {
      if (windows.findIndex((other) => other.name === name) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `is the name of another window: ${name}` });
    }
  });

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;

function isTime(text: string): boolean {
  if (!LOCAL.test(text)) return false;
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function problemOf(window: Parameters<typeof createSpans>[0]): string | undefined {
  try {
    createSpans(window);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
