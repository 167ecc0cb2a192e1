type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** What is left of members that may be undefined: those are optional, and never undefined. */
export type Defined<T> = Omit<T, Optional<T>> & { readonly [K in Optional<T>]?: Exclude<T[K], undefined> };

/** The members that have a value, for types in which what is not known is left out. */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
