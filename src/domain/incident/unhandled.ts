/** A kind of alert that no rule wants, and why: what was refused with the same words under the same name. */
export interface UnhandledAlert {
  readonly cluster: string;
  readonly alertName: string;
  /** Empty where no rule is about alerts of this name. */
  readonly rule: string;
  readonly reason: string;
  /** Deliveries; one that Alertmanager had to repeat counts again. */
  readonly count: number;
  /** RFC 3339. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Of the last one; at most 50, each value at most 200 characters. */
  readonly labels: Readonly<Record<string, string>>;
}

const MAX_LABELS = 50;
const MAX_NAME = 100;
const MAX_VALUE = 200;

/** As many labels, and as much of each, as a list shows: never all that a sender may put into one. */
export function boundLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const cut = (text: string, length: number) => text.slice(0, length).toWellFormed();
  return Object.fromEntries(
    Object.entries(labels)
      .slice(0, MAX_LABELS)
      .map(([name, value]) => [cut(name, MAX_NAME), cut(value, MAX_VALUE)]),
  );
}
