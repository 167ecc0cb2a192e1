import type { World } from './world.ts';

export interface ServerClock {
  readonly name: string;
  /** Milliseconds by which it is ahead of the clock here. */
  readonly aheadMs: number;
  /** How far off that may be: half of the way there and back. */
  readonly withinMs: number;
}

/** The clocks of the servers that say their time; those that do not answer are told elsewhere. */
export async function serverClocks(world: World, signal: AbortSignal): Promise<ServerClock[]> {
  const { store } = world.config.audit;
  const asked: (readonly [string, () => Promise<number>])[] = [
    ['Prometheus', async () => (await world.prometheus().serverTime(signal)) * 1000],
  ];
  // An embedded store has no clock of its own.
  if (store.type === 'postgres') asked.push(['PostgreSQL', () => databaseTime(world)]);
  const clocks = await Promise.all(
    asked.map(async ([name, time]) => {
      const from = Date.now();
      const there = await time().catch(() => undefined);
      const now = Date.now();
      if (there === undefined || Number.isNaN(there)) return [];
      return [{ name, aheadMs: Math.round(there - (from + now) / 2), withinMs: (now - from) / 2 }];
    }),
  );
  return clocks.flat();
}

async function databaseTime(world: World): Promise<number> {
  const text = `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::text AS now`;
  const [row] = await (await world.database()).run({ text });
  return Number(row?.['now'] ?? Number.NaN);
}
