/** Something that changed, as a server-sent event. */
export interface Change {
  /** Sorts by age within one run of the log. */
  readonly id: string;
  readonly event: 'remediation' | 'guards';
  /** JSON, on one line. */
  readonly data: string;
}

/** Enough for a client that was away for a minute of an alert storm. */
const MAX_KEPT = 1000;

/** The newest changes, for clients that come back. Another run of it has other IDs. */
export class ChangeLog {
  readonly #run: string;
  #kept: { readonly number: number; readonly change: Change }[] = [];
  #number = 0;

  /** `run` tells this log from any other: a process that started anew must not answer for the one before. */
  constructor(run: string) {
    this.#run = run;
  }

  add({ event, data }: Omit<Change, 'id'>): Change {
    this.#number += 1;
    const change = { id: `${this.#run}-${this.#number}`, event, data };
    this.#kept.push({ number: this.#number, change });
    if (this.#kept.length > MAX_KEPT) this.#kept = this.#kept.slice(-MAX_KEPT);
    return change;
  }

  /** ID of the newest change, or of the beginning. */
  get position(): string {
    return `${this.#run}-${this.#number}`;
  }

  /** What came after the change of that ID; undefined if that cannot be told any more. */
  since(id: string): readonly Change[] | undefined {
    const [, run, digits] = /^(.+)-(\d{1,15})$/.exec(id) ?? [];
    const number = Number(digits);
    if (run !== this.#run || number > this.#number) return undefined;
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    return number < oldest - 1
      ? undefined
      : this.#kept.filter((kept) => kept.number > number).map(({ change }) => change);
  }
}
