import { ensureServers, type Progress, type ServerBinary, type ServerName, stopOnSignals } from '../dev/stack/index.ts';

/**
 * Has servers ready, as `ensureServers` does. A signal meanwhile ends the downloads and builds and then this process: then
 * this never settles, so that its caller does not go on.
 */
export async function ensureUntilStopped<Name extends ServerName>(
  names: readonly Name[],
  progress: Progress,
  onFound?: (server: ServerBinary) => void,
): Promise<Record<Name, ServerBinary>> {
  const stopping = new AbortController();
  const preparing = ensureServers(names, { progress, signal: stopping.signal, onFound });
  const forget = stopOnSignals({
    stop: async () => {
      stopping.abort(new Error('interrupted'));
      await Promise.allSettled([preparing]);
    },
  });
  try {
    return await preparing;
  } catch (error) {
    if (stopping.signal.aborted) await new Promise<never>(() => undefined);
    throw error;
  } finally {
    forget();
  }
}
