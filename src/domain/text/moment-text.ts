/** `2026-11-24 22:40:05 UTC`: a moment in a sentence, where milliseconds tell people nothing. */
export function momentText(at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d{3}Z$/, ' UTC');
}
