/** Control and format characters: they hide text, turn its direction round, or drive a terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * Text as people may be shown it: what cannot be seen is spelled out (`\u{202e}`), so that nothing looks like something
 * else. Line breaks and tabs stay.
 */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(UNSEEN, (character) =>
      character === '\n' || character === '\t' ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
    );
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** The text itself, or as much as fits into `max` UTF-16 code units with an ellipsis at its end. */
export function cut(text: string, max: number): string {
  const whole = text.toWellFormed();
  return whole.length <= max ? whole : `${whole.slice(0, Math.max(0, max - 1)).toWellFormed()}…`;
}
