import { IDLE_MS } from './kept-connections.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

/** Milliseconds between two requests: a connection has one before it counts as idle. */
const EVERY_MS = Math.floor(IDLE_MS * 0.6);

/**
 * Keeps the connection to the API server, and what an authentication plugin has got for it, ready for an alert at any time:
 * a handshake, or a plugin's run, takes longer than all that is read before an effect. Any answer does.
 */
export function keepWarm(kubernetes: Pick<KubernetesClient, 'get'>): { stop(): void } {
  const ask = () => void kubernetes.get('/version').catch(() => undefined); // What is away is told by what needs it.
  ask();
  const timer = setInterval(ask, EVERY_MS).unref();
  return { stop: () => clearInterval(timer) };
}
