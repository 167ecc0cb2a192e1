import { RE2JS } from 're2js';
import { z } from 'zod';
import { hideAlso } from '../domain/text/own-secrets.ts';
import { REDACTED } from '../domain/text/redact.ts';

/** Expressions of RE2, linear in time: what one matches, anywhere in a text, is a secret. */
export const redactSchema = z
  .array(
    z
      .string()
      .min(1)
      .max(1000)
      .superRefine((pattern, context) => {
        const message = faultOf(pattern);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      }),
  )
  .max(100);

/** Has the settings' own patterns hold for everything that is redacted in this process. */
export function useRedaction(patterns: readonly string[]): void {
  const compiled = patterns.map((pattern) => RE2JS.compile(pattern));
  hideAlso((text) => compiled.reduce(hide, text));
}

/** What is hidden already is not looked at again. */
function hide(text: string, pattern: RE2JS): string {
  return text
    .split(REDACTED)
    .map((part) => pattern.matcher(part).replaceAll((found: string) => (found === '' ? '' : REDACTED)))
    .join(REDACTED);
}

/** A text with something of each kind in it, to find expressions that match nothing, and so everywhere. */
const PROBE = 'a B-1.';

function faultOf(pattern: string): string | undefined {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return 'is not a regular expression of RE2';
  }
  for (const text of ['', PROBE]) {
    const matcher = compiled.matcher(text);
    while (matcher.find()) if (matcher.group() === '') return 'matches the empty text, and so everywhere';
  }
  return undefined;
}
