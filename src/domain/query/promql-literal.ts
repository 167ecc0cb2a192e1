/** What RE2 gives a meaning to. Source: Go `regexp.QuoteMeta`. */
const REGEX_META = /[\\.+*?()|[\]{}^$]/g;

/** What a reader cannot see, or that turns the text around it; and U+FFFD, which PromQL takes for broken UTF-8. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\ufffd]/gu;

/**
 * A value as a PromQL string literal. JSON's escapes are a subset of Go's, which PromQL uses. A lone surrogate, which no
 * label of Prometheus can hold, becomes U+FFFD.
 */
export function quote(value: string): string {
  return JSON.stringify(value.toWellFormed()).replace(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
}

/** A regular expression that matches exactly this text. */
export function escapeRegex(text: string): string {
  return text.replace(REGEX_META, '\\$&');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
