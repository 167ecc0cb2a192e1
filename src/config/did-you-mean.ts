/** The known word that an unknown one was probably meant to be; undefined where none is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const plain = plainForm(word);
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(plain, plainForm(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.min(3, Math.floor(candidate.length / 2)))
    .sort((one, other) => one.distance - other.distance);
  return best?.candidate;
}

/** `max_body_bytes`, `MaxBodyBytes` and `maxBodyBytes` are the same word to whoever types them. */
function plainForm(word: string): string {
  return word
    .replace(/[-_. ]/g, '')
    .toLowerCase()
    .slice(0, 100);
}

/** Levenshtein's distance. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 0; i < left.length; i += 1) {
    const next = [i + 1];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
