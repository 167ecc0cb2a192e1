import type { JsonObject } from '../audit/canonical-json.ts';

/** `no restarts (for seconds 60)`: a condition of a proof, for people. */
export function conditionText({ kind, ...rest }: JsonObject): string {
  const terms = Object.entries(rest).map(
    ([name, value]) => `${spaced(name)} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return `${spaced(typeof kind === 'string' ? kind : '')}${terms.length === 0 ? '' : ` (${terms.join(', ')})`}`;
}

function spaced(name: string): string {
  return name.replaceAll('_', ' ').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
