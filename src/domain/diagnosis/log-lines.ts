import { REDACTED } from '../text/redacted.ts';
import { redactText } from '../text/redact.ts';

/** The end of a private key whose beginning was cut off with what came before it. */
const KEY_WITHOUT_BEGIN = /^(?:(?!-----BEGIN)[\s\S])*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/**
 * The end of a log as lines. Redacted as a whole first: a secret may reach over several lines, and the tail of a log may
 * begin in the middle of one.
 */
export function logLines(text: string, max: number): string[] {
  return redactText(text.replace(KEY_WITHOUT_BEGIN, REDACTED))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(-max);
}
