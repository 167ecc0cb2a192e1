/** The known word that an unknown one was probably meant to be; undefined where none is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const plain = plainForm(word);
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(plain, plainForm(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.min(3, Math.floor(candidate.length / 2)))
    .sort((one, other) => one.distance - other.distance);
  return best?.candidate;
}

/** `max_body_bytes`, `MaxBodyBytes` and `maxBodyBytes` are the same word to the operator who types them. */
function plainForm(word: string): string {
  return word
    .replace(/[-_. ]/g, '')
    .toLowerCase()
    .slice(0, 100);
}

/** Of Damerau and Levenshtein: two letters that changed places are one slip, as a letter too many is. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 0; i < left.length; i += 1) {
    const next = [i + 1];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i] === right[j - 1] ? 0 : 1);
      const isTurned = i > 0 && j > 1 && left[i] === right[j - 2] && left[i - 1] === right[j - 1];
      const turn = isTurned ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(swap, turn, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}
