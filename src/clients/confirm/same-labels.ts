import { REDACTED } from '../../domain/text/redact.ts';
import type { CheckedAlert } from './alert-source.ts';

type Labels = CheckedAlert['labels'];

/** Whether every label of `part` is one of `whole`. A value that is not kept, because it holds a secret, is any value. */
export function isPartOf(part: Labels, whole: Labels): boolean {
  return Object.entries(part).every(([name, value]) => {
    const known = Object.hasOwn(whole, name) ? (whole[name] ?? '') : '';
    return known === value || known.includes(REDACTED);
  });
}

/** The names of labels that `known` lacks. An empty value is a missing label; `__proto__` is lost when JSON is checked. */
export function beyond(known: Labels, labels: Labels): string[] {
  return Object.keys(labels).filter(
    (name) => labels[name] !== '' && name !== '__proto__' && !Object.hasOwn(known, name),
  );
}

/** The labels of an alert that a server can be asked for as they are. */
export function askable(labels: Labels): [string, string][] {
  return Object.entries(labels).filter(([name, value]) => PLAIN_NAME.test(name) && !value.includes(REDACTED));
}

/** Names that every version of Prometheus can spell without quotes. */
const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
