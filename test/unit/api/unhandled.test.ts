import { describe, expect, it } from 'vitest';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';
import { startPeopleApi } from './people-harness.ts';

const known = {
  ...{ cluster: 'prod', alertName: 'CartIsSlow', rule: '', reason: 'no rule handles this alert', count: 7 },
  ...{ firstSeen: '2026-11-29T10:00:00.000Z', lastSeen: '2026-11-29T11:00:00.000Z' },
  labels: { alertname: 'CartIsSlow', service: 'cart' },
};

async function startUnhandled() {
  const unhandled = new MemoryUnhandled();
  unhandled.listed = [known, { ...known, rule: 'cart_is_slow', reason: 'only alerts with team=shop are acted on' }];
  return { unhandled, api: await startPeopleApi({ unhandled }) };
}

describe('GET /api/v1/unhandled', () => {
  it('lists the alerts that no rule wants, with a rule to copy where none is about them', async () => {
    const { api, unhandled } = await startUnhandled();
    const answer = await api.ask('/unhandled');
    expect(answer.status).toBe(200);
    const { alerts } = (await answer.json()) as { alerts: Record<string, unknown>[] };
    expect(alerts[0]).toMatchObject({ ...known, stub: expect.stringContaining('lib.scale_service("cart")') as string });
    expect(alerts[1]).not.toHaveProperty('stub');
    expect(unhandled.asked).toEqual([{ limit: 200 }]);
  });

  it('takes a time and a number', async () => {
    const { api, unhandled } = await startUnhandled();
    await api.ask('/unhandled?since=2026-11-29T12:00:00%2B02:00&limit=5');
    expect(unhandled.asked).toEqual([{ limit: 5, since: Date.parse('2026-11-29T10:00:00Z') }]);
  });

  it.each(['since=yesterday', 'limit=0', 'limit=1001', 'page=2'])('answers 400 to %s', async (query) => {
    const { api } = await startUnhandled();
    expect((await api.ask(`/unhandled?${query}`)).status).toBe(400);
  });

  it('is for reading', async () => {
    const { api } = await startUnhandled();
    expect((await api.ask('/unhandled', { body: {} })).status).toBe(405);
  });
});
