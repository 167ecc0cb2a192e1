import { COMMON_WORDS, KEYBOARD_WALKS } from './common-words.ts';

/** Bits that a guesser spends on a piece which is no random text; about the logarithm of how many such pieces there are. */
const COST = { word: 8, walk: 8, run: 6, copy: 7, date: 9 } as const;

const MIN_PIECE = 3;
const MAX_PIECE = 44;
const MAX_LENGTH = 256;

const LETTERS: Readonly<Record<string, string>> = { 0: 'o', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', '@': 'a', $: 's' };

/**
 * About how many bits a guesser must spend on a text, at most: of all ways to put it together from common words, walks
 * along the keyboard, runs (`abcd`, `9876`, `aaaa`), dates, copies of what stood before and single random characters, the
 * cheapest. Also of what it holds in base64 or hexadecimal. Random text comes out near its true size.
 */
export function guessingBits(text: string): number {
  return Math.min(...[text, ...decoded(text)].map(cheapest));
}

function cheapest(text: string): number {
  const characters = text.slice(0, MAX_LENGTH);
  const lower = characters.toLowerCase();
  const readings = [unmasked(lower, 'i'), unmasked(lower, 'l')];
  const single = bitsOfOne(lower);
  const cheapestUntil = [0];
  const until = (end: number): number => cheapestUntil[end] ?? 0;
  for (let end = 1; end <= lower.length; end += 1) {
    let best = until(end - 1) + (/[-_. /:+]/.test(lower.charAt(end - 1)) ? 2 : single);
    for (let start = Math.max(0, end - MAX_PIECE); start <= end - MIN_PIECE; start += 1) {
      best = Math.min(best, until(start) + pieceBits({ lower, readings, start, end }));
    }
    cheapestUntil.push(best);
  }
  return until(lower.length);
}

interface Piece {
  readonly lower: string;
  readonly readings: readonly string[];
  readonly start: number;
  readonly end: number;
}

function pieceBits({ lower, readings, start, end }: Piece): number {
  const piece = lower.slice(start, end);
  if (isRun(piece)) return COST.run;
  if (piece.length > MIN_PIECE && start > 0 && lower.lastIndexOf(piece, start - 1) !== -1) return COST.copy;
  if (readings.some((reading) => COMMON_WORDS.has(reading.slice(start, end)))) return COST.word;
  if (COMMON_WORDS.has(piece)) return COST.word;
  if (piece.length > MIN_PIECE && KEYBOARD_WALKS.some((walk) => walk.includes(piece))) return COST.walk;
  if (/^(19|20)\d\d([-./]?(0[1-9]|1[0-2])([-./]?[0-3]\d)?)?$/.test(piece)) return COST.date;
  return Infinity;
}

/** Characters at one distance from each other: `aaa`, `abc`, `97531`. */
function isRun(piece: string): boolean {
  const step = piece.charCodeAt(1) - piece.charCodeAt(0);
  // Three of random text stand so now and then.
  if (piece.length < MIN_PIECE + Math.abs(step) || Math.abs(step) > 2) return false;
  for (let index = 2; index < piece.length; index += 1) {
    if (piece.charCodeAt(index) - piece.charCodeAt(index - 1) !== step) return false;
  }
  return true;
}

/** Of one character that belongs to no piece. Letters alone are mostly words that our list does not have. */
function bitsOfOne(lower: string): number {
  if (/^\d+$/.test(lower)) return Math.log2(10);
  if (/^[0-9a-f-]+$/.test(lower)) return 4;
  return /^[\p{L}\s_.-]+$/u.test(lower) ? 3 : 5;
}

function unmasked(lower: string, one: 'i' | 'l'): string {
  return lower.replace(/[013457@$8!]/g, (character) => LETTERS[character] ?? one);
}

/** What a text says in another coding, where that is text. */
function decoded(text: string): string[] {
  const bytes = [
    ...(/^(?:[0-9a-f]{2}){6,}$/i.test(text) ? [Buffer.from(text, 'hex')] : []),
    ...(/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text) ? [Buffer.from(text, 'base64')] : []),
  ];
  return bytes.map((buffer) => buffer.toString('latin1')).filter((inside) => /^[\x20-\x7e\r\n\t]+$/.test(inside));
}
