import { TypedSearchAttributes } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemediationSummary } from '../../src/api/remediations/remediation-summary.ts';
import type { RemediationDetail, RemediationPage } from '../../src/api/remediations/remediations.ts';
import { readLink } from '../../src/clients/links/approval-link.ts';
import { makeApprovalLinks } from '../../src/clients/links/make-approval-links.ts';
import type { ApprovalState } from '../../src/domain/approval/approval.ts';
import type { GuardOverview } from '../../src/domain/guards/overview.ts';
import { RESOLVED_SIGNAL } from '../../src/contract/remediation.ts';
import { keyword, searchAttributes } from '../../src/contract/search-attributes.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { anAlert } from '../support/alerts.ts';
import { ASKS_FOR_APPROVAL, LINK_SECRET, type PeopleStack, startPeopleStack } from '../support/people-stack.ts';
import { aMoneyAsk, asking, leaving } from '../support/store/requests.ts';

let stack: PeopleStack;
const reason = { reason: 'because' };
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 90_000, interval: 100 });

const pathOf = (id: string) => `/remediations/${encodeURIComponent(id)}`;
const get = async <T>(path: string): Promise<T> => (await (await stack.ask(path)).json()) as T;
const detailOf = (id: string) => get<RemediationDetail>(pathOf(id));
const statusOf = async (id: string) => (await detailOf(id)).status;
const list = (query: Record<string, string> | [string, string][]) =>
  get<RemediationPage & { total?: number }>(`/remediations?${new URLSearchParams(query).toString()}`);
const alertNames = async (query: Record<string, string> | [string, string][]) =>
  (await list(query)).items.map(({ alert }) => alert).sort();

const startWaiting = async (labels: Record<string, string> = {}) => {
  const alert = anAlert({ labels: { alertname: ASKS_FOR_APPROVAL, severity: 'critical', ...labels } });
  const id = await stack.start(alert);
  await eventually(async () => (await statusOf(id))?.approval?.status).toBe('pending');
  return { id, alert };
};

beforeAll(async () => {
  stack = await startPeopleStack();
});

afterAll(async () => {
  await stack.stop();
});

describe('the list', () => {
  /** Nobody works on this queue: whatever the list shows, no workflow was asked for it. */
  const plant = async (name: string, attributes: Partial<Record<keyof typeof searchAttributes, string>>, n = 0) => {
    const workflowId = `remediation/default/${encodeURIComponent(name).slice(0, 200)}/${n.toString(16).padStart(16, 'a')}/1`;
    const pairs = Object.entries({ alert: name, ...attributes }).map(([key, value]) => ({
      key: searchAttributes[key as Exclude<keyof typeof searchAttributes, 'cureSeconds'>],
      value: keyword(value),
    }));
    await stack.client.workflow.start('remediation', {
      ...{ workflowId, taskQueue: 'nobody', args: [{}] },
      typedSearchAttributes: new TypedSearchAttributes(pairs),
    });
    return workflowId;
  };
  const HOSTILE = ["it's", "x' OR 1=1 --", '100%_', '日本 😀', '\u202e<b>', "a''b", 'a, b) OR (MendloopAlert'];

  beforeAll(async () => {
    const target = 'default/production/Deployment/order-service';
    await plant('Alpha', {
      service: 'shop',
      rule: 'rule_a',
      action: 'scale',
      mode: 'approve',
      waiting: 'approval',
      target,
    });
    await plant('Beta', { service: 'shop', rule: 'rule_b', mode: 'auto', outcome: 'remediated', severity: 'critical' });
    const ended = await plant('Gamma', { service: 'pay', rule: 'rule_a', outcome: 'rolled_back', waiting: 'approval' });
    await stack.client.workflow.getHandle(ended).terminate();
    await plant('Delta', { service: 'nodes', action: 'drain', target: 'default/-/Node/worker-1' });
    for (const name of HOSTILE) await plant(name, { service: 'hostile' });
    for (let n = 0; n < 25; n += 1) await plant('Many', { service: 'many' }, n);
    const isVisible = async () =>
      (await list({ service: 'many' })).total === 25 &&
      (await list({ service: 'hostile' })).total === HOSTILE.length &&
      (await list({ alert: 'Gamma', state: 'closed' })).total === 1;
    await waitFor(isVisible, { what: 'visibility to catch up', timeoutMs: 60_000 });
  });

  it.each([
    [{ service: 'shop' }, ['Alpha', 'Beta']],
    [{ rule: 'rule_a' }, ['Alpha', 'Gamma']],
    [{ rule: 'rule_a', state: 'running' }, ['Alpha']],
    [{ state: 'closed', service: 'pay' }, ['Gamma']],
    [{ waiting: 'approval' }, ['Alpha']],
    [{ mode: 'approve' }, ['Alpha']],
    [{ action: 'scale', service: 'shop' }, ['Alpha']],
    [{ severity: 'critical', service: 'shop' }, ['Beta']],
    [{ target: 'default/production/Deployment/order-service', service: 'shop' }, ['Alpha']],
    [{ outcome: 'rolled_back' }, ['Gamma']],
    [{ alert: 'alpha' }, []],
    [{ q: 'Alp' }, ['Alpha']],
    [{ q: 'production/Deployment/order', service: 'shop' }, ['Alpha']],
    [{ q: 'default/production/', service: 'shop' }, ['Alpha']],
    [{ q: 'rule_b' }, ['Beta']],
    [{ q: 'remediation/default/Bet' }, ['Beta']],
    [{ q: 'default/Bet' }, ['Beta']],
    [{ q: 'Node/worker', service: 'nodes' }, ['Delta']],
    [{ target: 'default/-/Node/worker-1' }, ['Delta']],
    [{ q: '%', service: 'shop' }, []],
    [{ q: 'lpha' }, []],
    [{ since: '2100-01-01T00:00:00Z' }, []],
    [{ until: '2000-01-01T00:00:00Z' }, []],
    [{ since: '2020-01-01T00:00:00Z', alert: 'Beta' }, ['Beta']],
  ])('by %o', async (query, expected) => {
    expect(await alertNames(query as Record<string, string>)).toEqual(expected);
  });

  it('by any of several outcomes', async () => {
    const outcomes: [string, string][] = [
      ['outcome', 'remediated'],
      ['outcome', 'rolled_back'],
      ['rule', 'rule_b'],
    ];
    expect(await alertNames(outcomes)).toEqual(['Beta']);
  });

  it.each(HOSTILE)('takes the name %j for a name', async (name) => {
    expect(await alertNames({ alert: name })).toEqual([name]);
    expect(await alertNames({ q: name, service: 'hostile' })).toEqual([name]);
  });

  it.each(['"', '\\', "\\'", '\n', '\0', "' OR MendloopAlert IS NOT NULL --"])(
    'finds nothing by %j, and nothing else',
    async (name) => {
      expect(await alertNames({ alert: name })).toEqual([]);
    },
  );

  it('turns its pages, each remediation once, the newest first', async () => {
    const seen: RemediationSummary[] = [];
    let pageToken: string | undefined;
    const totals: unknown[] = [];
    do {
      const page = await list({ service: 'many', limit: '10', ...(pageToken === undefined ? {} : { pageToken }) });
      seen.push(...page.items);
      totals.push(page.total);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).toHaveLength(25);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    expect(totals.slice(0, 3)).toEqual([25, undefined, undefined]);
    const starts = seen.map(({ startedAt }) => startedAt);
    expect(starts).toEqual(starts.toSorted().reverse());
  });

  it('refuses what is no token of a page', async () => {
    for (const pageToken of ['nonsense', '!', Buffer.from('{"CloseTime":1}').toString('base64url')]) {
      const answer = await stack.ask(`/remediations?${new URLSearchParams({ pageToken }).toString()}`);
      expect(answer.status).toBe(400);
    }
  });

  it('shows what is known of each, and no word that only stands for nothing', async () => {
    const [beta] = (await list({ alert: 'Beta' })).items;
    expect(beta).toEqual({
      ...{ id: expect.stringMatching(/^remediation\/default\/Beta\//) as string, runId: expect.any(String) as string },
      ...{ state: 'running', execution: 'running', alert: 'Beta', service: 'shop', rule: 'rule_b', mode: 'auto' },
      ...{ outcome: 'remediated', severity: 'critical', startedAt: expect.any(String) as string },
    });
    const [gamma] = (await list({ alert: 'Gamma' })).items;
    expect(gamma).toMatchObject({ state: 'closed', execution: 'terminated', outcome: 'rolled_back' });
    expect(gamma).not.toHaveProperty('waiting');
    expect(Date.parse(gamma?.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(gamma?.startedAt ?? ''));
  });

  it('has a detail even for one that nobody works on, and says what is missing', async () => {
    const [alpha] = (await list({ alert: 'Alpha' })).items;
    const detail = await detailOf(alpha?.id ?? '');
    expect(detail.remediation).toEqual(alpha);
    expect(detail.status).toBeUndefined();
    expect(detail.statusUnavailable).not.toBe('');
  });

  it('says that a vote was not given when no worker answers', async () => {
    const [alpha] = (await list({ alert: 'Alpha' })).items;
    const answer = await stack.ask(`${pathOf(alpha?.id ?? '')}/approve`, reason);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('nothing was done') as string });
  });
});

describe('a remediation that asks for approval', () => {
  it('shows alert, plan and what it waits for; an approval lets it go on, and its end is shown', async () => {
    const { id, alert } = await startWaiting();
    const detail = await detailOf(id);
    expect(detail).toMatchObject({
      remediation: {
        id,
        state: 'running',
        alert: ASKS_FOR_APPROVAL,
        action: 'scale',
        mode: expect.any(String) as string,
      },
      alert: { labels: alert.labels, fingerprint: alert.fingerprint },
      status: {
        step: 'awaiting_approval',
        approval: { status: 'pending', clause: { reason: 'production is frozen' }, votes: [] },
        planned: { title: 'scale Deployment production/order-service 2 -> 5', undo: 'exact' },
        preview: { diff: '-  replicas: 2\n+  replicas: 5' },
      },
      links: {
        temporal: `http://temporal.example/namespaces/default/workflows/${encodeURIComponent(id)}/${detail.remediation.runId}`,
      },
    });

    const answer = await stack.ask(`${pathOf(id)}/approve`, { reason: 'known pattern' });
    expect(answer.status).toBe(200);
    const { approval } = (await answer.json()) as { approval: ApprovalState };
    expect(approval).toMatchObject({
      status: 'approved',
      votes: [{ by: 'local', reason: 'known pattern', via: 'http', approve: true }],
    });
    await eventually(async () => (await statusOf(id))?.step).toBe('watching');
    await stack.client.workflow.getHandle(id).signal(RESOLVED_SIGNAL, {});
    await eventually(async () => (await detailOf(id)).remediation).toMatchObject({
      ...{ state: 'closed', execution: 'completed', outcome: 'remediated' },
    });
    expect((await detailOf(id)).status).toMatchObject({ outcome: 'remediated', approval: { status: 'approved' } });
  });

  it('refuses, with the reason, whoever votes twice, and counts again what is sent again', async () => {
    const { id } = await startWaiting({ quorum: '2' });
    const vote = (key: string) => stack.ask(`${pathOf(id)}/approve`, reason, { 'idempotency-key': key });
    const [first, again, other] = [await vote('one'), await vote('one'), await vote('two')];
    expect([first.status, again.status, other.status]).toEqual([200, 200, 409]);
    expect(await again.json()).toEqual(await first.json());
    expect(await other.json()).toMatchObject({
      type: 'urn:mendloop:problem:refused',
      detail: 'Nothing was done: local has voted already.',
    });
    expect((await statusOf(id))?.approval?.votes).toHaveLength(1);
  });

  it('ends with one rejection, and nothing is changed', async () => {
    const { id } = await startWaiting();
    const answer = await stack.ask(`${pathOf(id)}/reject`, { reason: 'it is the database' });
    expect(await answer.json()).toMatchObject({ approval: { status: 'rejected' } });
    await eventually(async () => (await detailOf(id)).remediation.outcome).toBe('denied');
    expect(
      stack.world.calls.filter(({ name, input }) => name === 'scale' && JSON.stringify(input).includes(id)),
    ).toEqual([]);
    const late = await stack.ask(`${pathOf(id)}/approve`, reason);
    expect(late.status).toBe(409);
  });

  it('does nothing for an approval after the alert has resolved, and says so', async () => {
    const { id } = await startWaiting();
    await stack.client.workflow.getHandle(id).signal(RESOLVED_SIGNAL, {});
    await eventually(async () => (await detailOf(id)).remediation.state).toBe('closed');
    const answer = await stack.ask(`${pathOf(id)}/approve`, reason);
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      type: 'urn:mendloop:problem:ended',
      detail: 'Nothing was done: the remediation has ended (already_healthy).',
    });
    expect((await statusOf(id))?.approval?.status).toBe('moot');
  });

  it('is decided by a one-time link, once', async () => {
    const { id } = await startWaiting({ quorum: '2' });
    const approvers = [{ name: 'ann', roles: ['approver'] }];
    const round = (await statusOf(id))?.approval?.requestedAt ?? '';
    const wanted = { remediationId: id, round, deadlineAt: Date.now() + 60_000, approvers };
    const [link] = makeApprovalLinks({ publicUrl: stack.url, secret: LINK_SECRET }, wanted);
    const url = link?.url ?? '';
    const page = await (await fetch(url)).text();
    expect(page).toContain('<ins>+  replicas: 5</ins>');
    expect(page).toContain('production is frozen');
    expect((await statusOf(id))?.approval?.votes).toEqual([]);

    const post = () =>
      fetch(url, { method: 'POST', body: new URLSearchParams({ decision: 'approve', reason: 'yes' }) });
    expect((await post()).status).toBe(200);
    const again = await post();
    expect(again.status).toBe(409);
    expect(await again.text()).toContain('this link has been used');
    const reading = readLink(url.split('/').at(-1) ?? '', { secret: LINK_SECRET, now: Date.now() });
    const linkId = reading.status === 'valid' ? reading.claims.linkId : undefined;
    expect((await statusOf(id))?.approval).toMatchObject({
      ...{ status: 'pending', usedLinks: [linkId], votes: [{ by: 'ann', via: 'link', reason: 'yes' }] },
    });
  });
});

it('an undo puts back what was changed, in the name of who asked', async () => {
  const id = await stack.start(anAlert());
  await eventually(async () => (await statusOf(id))?.step).toBe('watching');
  const answer = await stack.ask(`${pathOf(id)}/undo`, { reason: 'wrong hour' });
  expect(await answer.json()).toEqual({ step: 'watching' });
  await eventually(async () => (await detailOf(id)).remediation.state).toBe('closed');
  expect(await statusOf(id)).toMatchObject({ compensation: { status: 'restored' } });
  expect(JSON.stringify((await statusOf(id))?.timeline)).toContain('local: wrong hour');
});

it('one that was cancelled has no result, and its record all the same', async () => {
  const { id } = await startWaiting();
  await stack.client.workflow.getHandle(id).cancel();
  await eventually(async () => (await detailOf(id)).remediation).toMatchObject({ execution: 'cancelled' });
  expect(await statusOf(id)).toMatchObject({ fault: { type: 'Cancelled' } });
});

it('an unknown remediation is 404, and no other workflow can be reached by an ID', async () => {
  const unknown = 'remediation/default/A/0123456789abcdef/1';
  expect((await stack.ask(pathOf(unknown))).status).toBe(404);
  expect((await stack.ask(`${pathOf(unknown)}/approve`, reason)).status).toBe(404);
  expect((await stack.ask(`${pathOf(unknown)}/undo`, reason)).status).toBe(404);
  const other = 'all-clear/remediation/default/A/0123456789abcdef/1';
  await stack.client.workflow.start('allClear', { workflowId: other, taskQueue: 'nobody', args: [{}] });
  expect((await stack.ask(pathOf(other))).status).toBe(404);
});

describe('the guards', () => {
  const guards = () => get<GuardOverview>('/guards');
  const name = 'default/production/Deployment/order-service';

  it('are paused before any remediation has asked for them, and resumed', async () => {
    const paused = async () => (await guards()).guard.state.paused;
    expect(await (await stack.ask('/guards/pause', { reason: 'migration' })).json()).toEqual({ paused: true });
    expect(await paused()).toMatchObject({ by: 'local', reason: 'migration' });
    expect(await stack.store.admission.fence({ remediationId: 'a', target: name, epoch: 1 })).toMatchObject({
      open: false,
    });
    expect(await (await stack.ask('/guards/resume', { reason: 'done' })).json()).toEqual({ paused: false });
    expect(await paused()).toBeUndefined();
  });

  it('are shown with what they know, and a target is reset', async () => {
    const { admission, audit } = stack.store;
    const of = { namespace: 'production', target: name };
    const money = aMoneyAsk(2, { budget: 'shop', scopeKey: 'production' });
    expect(await admission.admit(asking('held', { ...of, money }))).toMatchObject({ status: 'granted' });
    expect(await admission.admit(asking('follows', of))).toMatchObject({ status: 'joined', leader: 'held' });
    expect(await guards()).toMatchObject({
      cluster: 'default',
      guard: { state: { holders: [{ remediationId: 'held' }] } },
      targets: [{ target: name, state: { holder: { remediationId: 'held' }, joined: 1 } }],
      ledgers: [{ budget: 'shop', scope: 'production', state: { held: 2, daily: 10 } }],
    });
    await admission.leave(leaving('held', { outcome: 'rolled_back', keepMoney: false }));
    await admission.leave(leaving('follows', { acted: false, keepMoney: false }));
    expect((await guards()).targets).toMatchObject([
      { target: name, state: { breaker: { failures: 1 }, cooldowns: [{ action: 'scale' }] } },
    ]);

    expect((await stack.ask('/guards/targets/reset', { target: name, reason: 'mended' })).status).toBe(200);
    expect(JSON.stringify((await guards()).targets)).not.toContain('cooldowns":[{');
    const orders = (await audit.list({ limit: 100 })).filter(({ kind }) => kind === 'guard');
    expect(orders.map(({ actor, data }) => [actor, data['order'], data['reason']])).toEqual([
      ['local', 'pause', 'migration'],
      ['local', 'resume', 'done'],
      ['local', 'reset', 'mended'],
    ]);
    const unknown = await stack.ask('/guards/targets/reset', { target: `${name}-2`, reason: 'x' });
    expect(unknown.status).toBe(404);
  });
});

it('events tell of a remediation that begins, waits and ends', async () => {
  const aborted = new AbortController();
  const response = await fetch(`${stack.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${stack.token}` },
    signal: aborted.signal,
  });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  })().catch(() => undefined);
  await eventually(() => Promise.resolve(text)).toContain('event: hello');
  const { id } = await startWaiting();
  const told = () =>
    text
      .split('\n')
      .filter((line) => line.startsWith('data: ') && line.includes(id))
      .map((line) => JSON.parse(line.slice('data: '.length)) as RemediationSummary);
  await eventually(() => Promise.resolve(told().length)).toBeGreaterThan(0);
  await stack.ask(`${pathOf(id)}/reject`, reason);
  await eventually(() => Promise.resolve(told().at(-1))).toMatchObject({ state: 'closed', outcome: 'denied' });
  aborted.abort();
  await reading;
});
