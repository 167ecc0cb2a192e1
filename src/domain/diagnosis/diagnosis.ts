/** What a diagnosis looks at, in the order in which a human would read it. */
export const DiagnosisPart = {
  Pods: 'pods',
  Logs: 'logs',
  Events: 'events',
  Rollouts: 'rollouts',
  Status: 'status',
  Owners: 'owners',
  Quotas: 'quotas',
  Consumers: 'consumers',
  Signals: 'signals',
} as const;
export type DiagnosisPart = (typeof DiagnosisPart)[keyof typeof DiagnosisPart];

/** One part that was read. */
export interface DiagnosisSection {
  readonly part: DiagnosisPart;
  /** Redacted, each on one line; never empty. */
  readonly lines: readonly string[];
  /** Lines that there was no room for; absent: none. */
  readonly leftOut?: number;
}

/** A part that could not be read, and why: `list of events is not permitted`. */
export interface DiagnosisGap {
  readonly part: DiagnosisPart;
  readonly why: string;
}

/**
 * What was seen of the object that suffers when a human had to be told: plain JSON, redacted, of some kilobytes at most,
 * because it is kept in the history. Values of the environment and of configuration are never in it.
 */
export interface Diagnosis {
  /** RFC 3339, by the worker's clock. */
  readonly takenAt: string;
  /** `Deployment shop/cart`; absent: nothing is known that could be looked at. */
  readonly of?: string;
  /** What tells most, a sentence each. */
  readonly findings: readonly string[];
  readonly sections: readonly DiagnosisSection[];
  readonly gaps: readonly DiagnosisGap[];
}

/** For people. */
const PART_TITLES: Readonly<Record<DiagnosisPart, string>> = {
  pods: 'Pods',
  logs: 'Logs',
  events: 'Events',
  rollouts: 'Recent rollouts',
  status: 'Conditions',
  owners: 'Owners',
  quotas: 'Quotas',
  consumers: 'Top consumers',
  signals: 'Signals',
};

/** A newer version may know more parts. */
export function partTitle(part: string): string {
  return Object.hasOwn(PART_TITLES, part) ? PART_TITLES[part as DiagnosisPart] : part;
}
