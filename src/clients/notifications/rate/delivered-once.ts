import { MendloopError } from '../../../domain/failures.ts';

/** Keys remembered at most; past this many the oldest is forgotten. */
const MAX_KEYS = 10_000;

/**
 * Runs what sends a message once for each key: not again if it succeeded, and not beside itself while it runs. Covers
 * the attempt whose answer was lost between this process and Temporal; what another process has sent only the receiver
 * can know.
 */
export function deliveredOnce(): (key: string, send: () => Promise<void>) => Promise<void> {
  const delivered = new Set<string>();
  const running = new Map<string, Promise<void>>();

  async function run(key: string, send: () => Promise<void>): Promise<void> {
    await send();
    const [oldest] = delivered;
    if (delivered.size >= MAX_KEYS && oldest !== undefined) delivered.delete(oldest);
    delivered.add(key);
  }

  return async (key, send) => {
    if (delivered.has(key)) return;
    const other = running.get(key);
    if (other !== undefined) {
      try {
        await other;
        return;
      } catch {
        throw new MendloopError('NotificationFailed', 'another attempt to send the same notice failed');
      }
    }
    const attempt = run(key, send).finally(() => running.delete(key));
    running.set(key, attempt);
    await attempt;
  };
}
