/** What an action saw or did: a text for people, and a number where it can be drawn. Never a secret value. */
export interface Reading {
  /** `ready replicas`, `Pod`. */
  readonly name: string;
  readonly text: string;
  readonly value?: number;
  /** Of `value`, for display; absent: a plain count. */
  readonly unit?: string;
}

/** A number that an action moves: what can be drawn as before and after. */
export interface Movement {
  /** `replicas`, `Pods to evict`. */
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly unit?: string;
}
