/** A condition of Temporal's list filter. Made by the functions below only, which escape every value. */
export type Condition = string & { readonly __condition: unique symbol };

const condition = (text: string) => text as Condition;

/** Search attributes by name, and values; dates in RFC 3339. */
export function equals(attribute: string, value: string): Condition {
  return condition(`${attribute} = ${quoted(value)}`);
}

export function oneOf(attribute: string, values: readonly string[]): Condition {
  return condition(`${attribute} IN (${values.map(quoted).join(', ')})`);
}

export function isMissing(attribute: string): Condition {
  return condition(`${attribute} IS NULL`);
}

export function isPresent(attribute: string): Condition {
  return condition(`${attribute} IS NOT NULL`);
}

/** Keywords only. There is no search for a part in the middle. */
export function startsWith(attribute: string, value: string): Condition {
  return condition(`${attribute} STARTS_WITH ${quoted(value)}`);
}

export function atLeast(attribute: string, value: string): Condition {
  return condition(`${attribute} >= ${quoted(value)}`);
}

export function before(attribute: string, value: string): Condition {
  return condition(`${attribute} < ${quoted(value)}`);
}

export function allOf(conditions: readonly Condition[]): Condition {
  return condition(conditions.join(' AND '));
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return condition(`(${conditions.join(' OR ')})`);
}

/** A string of the filter's grammar, which is that of MySQL. */
function quoted(value: string): string {
  return `'${value.toWellFormed().replaceAll('\0', '').replace(/[\\']/g, '\\$&')}'`;
}
