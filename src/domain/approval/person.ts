/** What cannot be seen, marks that only say how a character is drawn included; a blank of Braille too. */
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * One text for every spelling of a person's name that looks the same or differs in case, so that nobody is two people by a
 * zero-width space. Letters of other scripts that look alike stay different.
 */
export function personKey(name: string): string {
  // A letter and its accent may only meet once what stood between them is gone, and some forms are only unseen when plain.
  const seen = name.normalize('NFKC').replace(UNSEEN, '').normalize('NFKC').replace(/\s+/g, ' ').trim();
  return seen.toUpperCase().toLowerCase().normalize('NFKC');
}
