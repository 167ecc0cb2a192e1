/** Does a task for every item, at most `limit` at a time. Rejects with the first failure. */
export async function eachBounded<T>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const item of queue) await task(item);
  });
  await Promise.all(lanes);
}
