/** An error for a person at a terminal: what failed and why, without a stack. */
export function describeError(error: unknown): string {
  const lines: string[] = [];
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth += 1) {
    lines.push(depth === 0 ? `error: ${current.message}` : `  because: ${current.message}`);
  }
  return lines.length > 0 ? lines.join('\n') : `error: ${String(error)}`;
}
