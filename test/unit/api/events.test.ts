import { describe, expect, it, onTestFinished } from 'vitest';
import { ChangeFeed } from '../../../src/api/events/change-feed.ts';
import type { Change } from '../../../src/api/events/change-log.ts';
import { ChangeLog } from '../../../src/api/events/change-log.ts';
import { RemediationWatch } from '../../../src/api/events/remediation-watch.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { FakeGuards } from './fake-guards.ts';
import { aSummary, FakeRemediations } from './fake-remediations.ts';
import { ANN, bearer, LOCAL, OTTO, type PeopleApi, problemOf, startPeopleApi } from './people-harness.ts';

interface Event {
  readonly id?: string;
  readonly event: string;
  readonly data: unknown;
}

/** Reads a stream as a browser does; what has arrived is in `events`. */
async function follow(api: PeopleApi, headers: Record<string, string> = {}) {
  const aborted = new AbortController();
  onTestFinished(() => {
    aborted.abort();
  });
  const response = await fetch(`${api.url}/api/v1/events`, {
    headers: { ...bearer(LOCAL), ...headers },
    signal: aborted.signal,
  });
  const events: Event[] = [];
  let text = '';
  const ended = (async () => {
    if (response.body === null) return;
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^\w*: ?/, '')]),
        );
        const [event, id] = [fields.get('event'), fields.get('id')];
        if (event === undefined) continue;
        const data: unknown = JSON.parse(fields.get('data') ?? '');
        events.push({ event, data, ...(id === undefined ? {} : { id }) });
      }
    }
  })().catch(() => undefined);
  return { response, events, ended, leave: () => aborted.abort() };
}

const names = (events: readonly Event[]) => events.map(({ event }) => event);
const poll = (look: () => unknown) => expect.poll(look, { timeout: 25_000 });

describe('GET /events', () => {
  it('tells each change of a remediation and of the guards, and nothing that has not changed', async () => {
    const api = await startPeopleApi();
    const old = aSummary();
    api.remediations.items.push(old);
    const { response, events } = await follow(api);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await poll(() => names(events)).toEqual(['hello']);
    await poll(() => api.remediations.lists.length).toBeGreaterThan(1);

    const fresh = aSummary();
    api.remediations.items.push(fresh);
    await poll(() => events.slice(1)).toMatchObject([{ event: 'remediation', data: fresh }]);
    const ended = { ...old, state: 'closed', execution: 'completed', outcome: 'remediated' } as const;
    api.remediations.items[0] = { ...ended, closedAt: new Date().toISOString() };
    await poll(() => events.slice(2)).toMatchObject([{ event: 'remediation', data: ended }]);

    // What is done by way of this API is looked for at once.
    await api.ask('/guards/pause', { body: { reason: 'because' } });
    await poll(() => events.slice(3)).toMatchObject([
      { event: 'guards', data: { guard: { state: { paused: { by: 'local', reason: 'because' } } } } },
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('tells a client that comes back what it has missed', async () => {
    const api = await startPeopleApi();
    const first = await follow(api);
    await poll(() => api.remediations.lists.length).toBeGreaterThan(1);
    const before = first.events[0]?.id ?? '';
    first.leave();
    await first.ended;
    const missed = aSummary();
    api.remediations.items.push(missed);
    const second = await follow(api);
    await poll(() => names(second.events)).toEqual(['hello', 'remediation']);

    const third = await follow(api, { 'last-event-id': before });
    await poll(() => third.events).toMatchObject([{ event: 'hello' }, { event: 'remediation', data: missed }]);
    expect(third.events.map(({ id }) => id)).toEqual([undefined, second.events[1]?.id]);
    const uptodate = await follow(api, { 'last-event-id': second.events[1]?.id ?? '' });
    await poll(() => names(uptodate.events)).toEqual(['hello']);
  });

  it.each(['nonsense', 'other-1', 'other-0', '-1', '\u00ff'])(
    'tells one that comes back with %j to read everything anew',
    async (id) => {
      const { events } = await follow(await startPeopleApi(), { 'last-event-id': id });
      await poll(() => names(events)).toEqual(['reset']);
    },
  );

  it('serves so many clients and no more', async () => {
    const api = await startPeopleApi({ settings: { maxEventStreams: 3 } });
    const streams = [await follow(api), await follow(api), await follow(api)];
    expect((await api.ask('/events')).status).toBe(503);
    streams[0]?.leave();
    await poll(async () => (await follow(api)).response.status).toBe(200);
    await api.ask('/guards/pause', { body: { reason: 'because' } });
    await poll(() => names(streams[1]?.events ?? [])).toContain('guards');
    await poll(() => names(streams[2]?.events ?? [])).toContain('guards');
  });

  it.each<[string, () => string]>([
    ['rotated', () => 'another-token-by-now'],
    ['withdrawn', () => ''],
    [
      'not to be had',
      () => {
        throw new Error('ENOENT');
      },
    ],
  ])('ends the streams of a token that is %s, tells them nothing more, and keeps the others', async (_how, then) => {
    let token = () => 'token-of-this-start';
    const api = await startPeopleApi({ users: [{ ...LOCAL, token: () => token() }, ANN] });
    const revoked = await follow(api);
    const other = await follow(api, bearer(ANN));
    await poll(() => [...names(revoked.events), ...names(other.events)]).toEqual(['hello', 'hello']);
    token = then;
    await revoked.ended;
    api.remediations.items.push(aSummary());
    await poll(() => names(other.events)).toEqual(['hello', 'remediation']);
    expect(names(revoked.events)).toEqual(['hello']);
    expect([401, 503]).toContain((await api.ask('/events', { headers: bearer(LOCAL) })).status);
  });

  it('gives one user so many and no more, so that others still follow', async () => {
    const settings = { maxEventStreams: 4, maxEventStreamsPerUser: 2 };
    const api = await startPeopleApi({ users: [LOCAL, ANN, OTTO], settings });
    const own = [await follow(api), await follow(api)];
    const refused = await api.ask('/events', { headers: bearer(LOCAL) });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    expect((await problemOf(refused)).type).toBe('urn:mendloop:problem:too-many-streams');
    expect((await follow(api, bearer(ANN))).response.status).toBe(200);
    expect((await follow(api, bearer(ANN))).response.status).toBe(200);
    expect((await api.ask('/events', { headers: bearer(OTTO) })).status).toBe(503);
    // Asking for the head alone takes no place.
    expect((await api.ask('/events', { method: 'HEAD', headers: bearer(LOCAL) })).status).toBe(200);
    own[0]?.leave();
    await poll(async () => (await follow(api)).response.status).toBe(200);
  });

  it('ends when the server stops, and does not hold it up', async () => {
    const api = await startPeopleApi({ settings: { drainSeconds: 60 } });
    const { events, ended } = await follow(api);
    await poll(() => names(events)).toEqual(['hello']);
    await api.server.close();
    await ended;
  });

  it('is not for HEAD', async () => {
    const api = await startPeopleApi();
    expect((await api.ask('/events', { method: 'HEAD' })).status).toBe(200);
  });
});

describe('the feed', () => {
  const feedOf = (remediations: FakeRemediations, { log = [] as string[], intervalMs = 5 } = {}) => {
    const logger = createLogger({ level: 'debug' }, { destination: { write: (line) => log.push(line) } });
    const feed = new ChangeFeed({ remediations, guards: new FakeGuards(), logger, intervalMs });
    onTestFinished(() => {
      feed.close();
    });
    return feed;
  };

  it('looks once for all who follow', async () => {
    const remediations = new FakeRemediations();
    const feed = feedOf(remediations, { intervalMs: 60_000 });
    const heard = Array.from({ length: 50 }, () => {
      const changes: Change[] = [];
      feed.follow((change) => changes.push(change));
      return changes;
    });
    // A look asks for the running ones and for those that have ended since.
    await poll(() => remediations.lists.length).toBe(2);
    remediations.items.push(aSummary());
    feed.hurry();
    await poll(() => heard.filter(({ length }) => length === 1).length).toBe(50);
    expect(remediations.lists).toHaveLength(4);
  });

  it('goes on when Temporal was away, and says so once', async () => {
    const remediations = new FakeRemediations();
    const log: string[] = [];
    const feed = feedOf(remediations, { log });
    const changes: Change[] = [];
    feed.follow((change) => changes.push(change));
    await poll(() => remediations.lists.length).toBeGreaterThan(2);
    let failures = 0;
    remediations.gate = () => {
      failures += 1;
      throw new Error('away');
    };
    await poll(() => failures).toBeGreaterThan(3);
    remediations.items.push(aSummary());
    remediations.gate = () => undefined;
    await poll(() => changes.length).toBe(1);
    expect(log.filter((line) => line.includes('cannot be looked for'))).toHaveLength(1);
  });

  it('stops to look when nobody follows any more, and begins anew with the next', async () => {
    const remediations = new FakeRemediations();
    const feed = feedOf(remediations);
    const { end, position } = feed.follow(() => undefined);
    await poll(() => remediations.lists.length).toBeGreaterThan(2);
    end();
    await poll(() => feed.isLooking).toBe(false);
    const before = remediations.lists.length;
    expect(feed.follow(() => undefined, position).missed).toBeUndefined();
    await poll(() => remediations.lists.length).toBeGreaterThan(before);
  });
});

describe('the log of changes', () => {
  it('knows what came after, for as long as it keeps it', () => {
    const log = new ChangeLog('run');
    const first = log.position;
    const changes = Array.from({ length: 1500 }, (_, index) => log.add({ event: 'guards', data: String(index) }));
    expect(log.since(log.position)).toEqual([]);
    expect(log.since(changes[1498]?.id ?? '')).toEqual([changes[1499]]);
    expect(log.since(changes[499]?.id ?? '')).toHaveLength(1000);
    expect(log.since(changes[498]?.id ?? '')).toBeUndefined();
    expect(log.since(first)).toBeUndefined();
    expect(log.since('run-1501')).toBeUndefined();
    expect(new ChangeLog('run').since('run-0')).toEqual([]);
  });
});

describe('the watch on remediations', () => {
  const at = (seconds: number) => Date.UTC(2026, 0, 1) + seconds * 1000;
  const closed = (item: ReturnType<typeof aSummary>, seconds: number) => ({
    ...item,
    ...({ state: 'closed', execution: 'completed', outcome: 'remediated' } as const),
    closedAt: new Date(at(seconds)).toISOString(),
  });

  it('tells an end once, however long the lists still disagree', async () => {
    const item = aSummary();
    const remediations = new FakeRemediations();
    const watch = new RemediationWatch(remediations);
    remediations.items.push(item);
    expect(await watch.look(at(0))).toEqual([item]);
    expect(await watch.look(at(1))).toEqual([]);
    remediations.items.push(closed(item, 2));
    expect(await watch.look(at(3))).toEqual([closed(item, 2)]);
    expect(await watch.look(at(4))).toEqual([]);
    remediations.items.shift();
    expect(await watch.look(at(5))).toEqual([]);
  });

  it('sees what began and ended between two looks', async () => {
    const remediations = new FakeRemediations();
    const watch = new RemediationWatch(remediations);
    await watch.look(at(0));
    const item = closed(aSummary(), 1);
    remediations.items.push(item);
    expect(await watch.look(at(2))).toEqual([item]);
  });

  it('does not forget what the overlap shows again, and does forget the rest', async () => {
    const remediations = new FakeRemediations();
    const watch = new RemediationWatch(remediations);
    await watch.look(at(0));
    const first = closed(aSummary(), 1);
    remediations.items.push(first);
    await watch.look(at(2));
    const second = closed(aSummary(), 50);
    remediations.items.push(second);
    expect(await watch.look(at(51))).toEqual([second]);
    expect(await watch.look(at(52))).toEqual([]);
  });
});
