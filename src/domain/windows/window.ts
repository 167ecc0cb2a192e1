import { isNamed } from '../authority/authority.ts';

/** What a window is, in the words of those who run services. */
export const WindowKind = {
  /** Nothing is changed while it lasts. */
  Freeze: 'freeze',
  /** People are at work: nothing is changed beside them. */
  Maintenance: 'maintenance',
  /** What it covers is changed only while such a window lasts; of several that cover it, any is enough. */
  Hours: 'hours',
} as const;
export type WindowKind = (typeof WindowKind)[keyof typeof WindowKind];

/** What an alert gets that must not be acted on now: it is told what would have been done, or waits for the end. */
export type Meanwhile = 'observe' | 'wait';

/** An entry of the calendar. Times are on the clock of `timeZone`: `2026-11-27T09:00`. */
export interface ChangeWindow {
  readonly name: string;
  readonly kind: WindowKind;
  /** Why, for people. */
  readonly reason?: string | undefined;
  /** IANA name. */
  readonly timeZone: string;
  /** Beginning and end of the first, or of the only one. */
  readonly from: string;
  readonly until: string;
  /** Recurrence rule of RFC 5545, without its name; absent: once. */
  readonly rule?: string | undefined;
  /** Days on which it does not begin. */
  readonly except: readonly string[];
  /** What it covers; absent: everything. A name that ends with `*` stands for all that begin so. */
  readonly namespaces?: readonly string[] | undefined;
  readonly teams?: readonly string[] | undefined;
  readonly actions?: readonly string[] | undefined;
  readonly meanwhile: Meanwhile;
}

/** What is about to be changed, as far as windows ask. */
export interface ChangeScope {
  /** Empty for an object of the cluster itself: no window of a namespace covers it. */
  readonly namespace: string;
  /** Of the object; absent where that has none: no window of a team covers it. */
  readonly team?: string | undefined;
  readonly action: string;
}

type Scope = Pick<ChangeWindow, 'namespaces' | 'teams' | 'actions'>;

/** Whether a window is about a change. */
export function covers({ namespaces, teams, actions }: Scope, { namespace, team, action }: ChangeScope): boolean {
  const isIn = (patterns: readonly string[] | undefined, name: string | undefined) =>
    patterns === undefined || (name !== undefined && name !== '' && isNamed(patterns, name));
  return isIn(namespaces, namespace) && isIn(teams, team) && isIn(actions, action);
}

/** What it covers, in words. */
export function describeScope({ namespaces, teams, actions }: Scope): string {
  const parts = [
    ...(actions === undefined ? [] : [actions.join(', ')]),
    ...(namespaces === undefined ? [] : [`in ${namespaces.join(', ')}`]),
    ...(teams === undefined ? [] : [`of ${teams.join(', ')}`]),
  ];
  return parts.length === 0 ? 'everything' : parts.join(' ');
}
