import { z } from 'zod';
import type { Here } from '../contract.ts';
import { repeat } from '../repeat.ts';
import type { MendloopUp } from './mendloop-up.ts';

/** Milliseconds between two looks of a person at what waits for a yes. */
const LOOK_MS = 500;

const waitingSchema = z.object({ items: z.array(z.object({ id: z.string(), alert: z.string() })) });

/** Votes over Mendloop's API, as the person who has started it, on each question about these alerts once. */
export function approveWhatIsAsked(
  here: Pick<Here, 'stack' | 'note'>,
  options: {
    readonly mendloop: Pick<MendloopUp, 'consoleUrl'>;
    readonly alerts: readonly string[];
    readonly reason: string;
  },
): void {
  const { mendloop, alerts, reason } = options;
  const { origin, hash } = new URL(mendloop.consoleUrl);
  const authorization = `Bearer ${new URLSearchParams(hash.slice(1)).get('token') ?? ''}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${origin}/api/v1${path}`, {
      ...init,
      headers: { authorization, 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
  const approved = new Set<string>();
  repeat(here, LOOK_MS, async () => {
    const list = await ask('/remediations?waiting=approval');
    const { items } = waitingSchema.parse(await list.json());
    for (const { id } of items.filter((item) => alerts.includes(item.alert) && !approved.has(item.id))) {
      const path = `/remediations/${encodeURIComponent(id)}/approve`;
      const { ok } = await ask(path, { method: 'POST', body: JSON.stringify({ reason }) });
      // The list is some milliseconds behind: what it cannot be asked of yet, or any more, is looked at again.
      if (!ok) continue;
      approved.add(id);
      here.note(`A human approves: ${reason}`);
    }
  });
}
