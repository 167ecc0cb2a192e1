/** A person's order: who gave it, and why. */
export interface HumanOrder {
  readonly by: string;
  readonly reason: string;
}
