/** Figures in one stretch, or in the groups in which they are printed. Between slashes they are part of an ID. */
const CARD =
  /(?<![\w./])(?:\d{13,19}|\d{4}([ \u00a0\u2007\u2009\u2011\u2013\u202f\t._-])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ \u00a0\u2007\u2009\u2011\u2013\u202f\t._-])\d{6}\2\d{4,5})(?!\w|\.\d|\/)/g;

/** How the numbers of issuers begin, and how long they are: times and counters pass Luhn's check one time in ten. */
const ISSUERS: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d*$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^(?:30[0-5]|3[68]\d)\d{11}$/, // Diners Club
  /^(?:6011|64[4-9]|65|62)\d{10,17}$/, // Discover, UnionPay
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^(?:5018|5020|5038|58\d\d|6304|6759|676[1-3])\d{8,15}$/, // Maestro
];
const MASTERCARD_DIGITS = 16;

/** Length of an account's number by the country that it begins with. Source: SWIFT's IBAN registry. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ' +
    'ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 ' +
    'LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 ' +
    'QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_START = /(?<![A-Za-z0-9])([A-Z]{2}|[a-z]{2})\d{2}(?=[ \u00a0\u2009\u202fA-Za-z0-9-])/g;

/** In small letters, and without a gap, a fingerprint or the ID of a span may begin so: both are hexadecimal and of 16 characters. */
const FINGERPRINT_LENGTH = 16;

/** A text without numbers of payment cards, known by issuer and Luhn's check. */
export function hideCards(text: string, stead: string): string {
  return text.replace(CARD, (found) => (isCard(found.replace(/\D/g, '')) ? stead : found));
}

function isCard(digits: string): boolean {
  const [, mastercard] = ISSUERS;
  const known = ISSUERS.find((issuer) => issuer.test(digits));
  if (known === undefined || (known === mastercard && digits.length !== MASTERCARD_DIGITS)) return false;
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** A text without numbers of bank accounts (IBAN), in one stretch or in groups, known by country and checksum. */
export function hideAccounts(text: string, stead: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (const start of text.matchAll(IBAN_START)) {
    if (start.index < kept) continue;
    const end = endOfAccount(text, start.index, start[1] ?? '');
    if (end === undefined) continue;
    parts.push(text.slice(kept, start.index), stead);
    kept = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(kept);
}

/** Where the account ends that may begin there; undefined where none does. */
function endOfAccount(text: string, start: number, country: string): number | undefined {
  const code = country.toUpperCase();
  const length = Object.hasOwn(IBAN_LENGTHS, code) ? IBAN_LENGTHS[code] : undefined;
  if (length === undefined) return undefined;
  const isSmall = code !== country;
  const digits: number[] = [];
  let at = start;
  for (; digits.length < length; at += 1) {
    const digit = digitAt(text, at, isSmall);
    if (digit !== undefined) digits.push(digit);
    // Printed in groups of four.
    else if (!isGap(text[at]) || digits.length % 4 !== 0 || isGap(text[at - 1])) return undefined;
  }
  // Where one in small letters goes on after a dash, it is the beginning of a UUID or of a name.
  if (isSmall && ((length === FINGERPRINT_LENGTH && at === start + length) || text[at] === '-')) return undefined;
  return !/[A-Za-z0-9]/.test(text[at] ?? '') && hasChecksum(digits) ? at : undefined;
}

/** Between the groups: a space, one that does not break, or a dash. */
function isGap(character: string | undefined): boolean {
  return character !== undefined && ' \u00a0\u2009\u202f-'.includes(character);
}

/** 0 to 9 for a figure, 10 to 35 for a letter, undefined for anything else: all letters of one are in one case. */
function digitAt(text: string, index: number, isSmall: boolean): number | undefined {
  const code = text.charCodeAt(index);
  if (code >= 48 && code <= 57) return code - 48;
  const first = isSmall ? 97 : 65;
  return code >= first && code < first + 26 ? code - first + 10 : undefined;
}

/** ISO 7064, MOD 97-10: the first four characters come last, and each letter is two figures. */
function hasChecksum(digits: readonly number[]): boolean {
  const turned = [...digits.slice(4), ...digits.slice(0, 4)];
  return turned.reduce((rest, digit) => (rest * (digit < 10 ? 10 : 100) + digit) % 97, 0) === 1;
}
