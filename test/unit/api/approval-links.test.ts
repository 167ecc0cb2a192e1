import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newLinkId, signLink } from '../../../src/clients/links/approval-link.ts';
import type { LinkClaims } from '../../../src/domain/approval/approval-link.ts';
import { endApproval } from '../../../src/domain/approval/approval.ts';
import { aPlannedSweep } from '../../support/changes.ts';
import { aPlannedChange } from '../../support/plans.ts';
import { aStatus, aSummary, anApproval } from './fake-remediations.ts';
import { ANN, startPeopleApi } from './people-harness.ts';

import type { FakeRemediations } from './fake-remediations.ts';

const SECRET = 's'.repeat(32);

/** Of the request that is open, by which the workflow names it. */
function roundOf(remediations: FakeRemediations, id: string): string {
  return remediations.details.get(id)?.status?.approval?.requestedAt ?? 'none is open';
}

async function startWithLinks(options: Parameters<typeof startPeopleApi>[0] = {}) {
  const api = await startPeopleApi({ linkSecret: () => SECRET, ...options });
  const link = (remediationId: string, claims: Partial<LinkClaims> = {}) => {
    const all = {
      remediationId,
      round: roundOf(api.remediations, remediationId),
      linkId: newLinkId(),
      name: 'ann',
      roles: ['approver'],
      expiresAt: Date.now() + 60_000,
    };
    return `${api.url}/approvals/${signLink({ ...all, ...claims }, SECRET)}`;
  };
  const send = (url: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'error' });
  return { ...api, link, send };
}

describe('GET of an approval link', () => {
  it('shows what is planned and why, with two buttons, and changes nothing however often it is fetched', async () => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting(
      { reason: 'production is frozen' },
      {
        planned: aPlannedChange(),
        preview: {
          moves: { name: 'replicas', before: 2, after: 5 },
          diff: '--- a\n+++ b\n@@ -1 +1 @@\n spec:\n-  replicas: 2\n+  replicas: 5',
        },
        evidence: {
          ...{ confidence: 0.91, threshold: 0.8, enough: true, summary: 'confidence 0.91 of 0.80' },
          signals: [
            {
              ...{ name: 'error ratio', unit: '%', value: 12.345678, median: 0.5, mad: 0.1, deviations: 9, score: 1 },
              ...{ weight: 1, samples: 60 },
            },
          ],
        },
      },
    );
    const url = api.link(id);
    for (let fetched = 0; fetched < 3; fetched += 1) {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      const page = await answer.text();
      for (const part of [
        'scale Deployment production/order-service 2 -&gt; 5',
        'production is frozen',
        'The exact change: 2 → 5',
        'It is put back if it does not help.',
        'kubectl -n production scale deployment order-service --replicas=5',
        '<dt>ready replicas</dt>',
        '<del>-  replicas: 2</del>',
        '<ins>+  replicas: 5</ins>',
        'confidence 0.91 of 0.80',
        '12.35 %',
        'You decide as <strong>ann</strong>',
        '<form method="post">',
        'value="approve"',
        'value="reject"',
      ]) {
        expect(page).toContain(part);
      }
    }
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect(api.remediations.votes).toEqual([]);
  });

  it('says of a change without a number what it is, and that it cannot be undone', async () => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting({}, { planned: aPlannedSweep() });
    const page = await (await fetch(api.link(id))).text();
    for (const part of ['sweep Node worker-1', 'It cannot be undone.', 'kubectl sweep worker-1', 'much']) {
      expect(page).toContain(part);
    }
    expect(page).not.toMatch(/→|dry run/);
  });

  it('is a page that loads, runs and leaks nothing', async () => {
    const api = await startWithLinks();
    const answer = await fetch(api.link(api.remediations.waiting().id));
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'content-type': 'text/html; charset=utf-8',
    });
    const page = await answer.text();
    expect(page).not.toMatch(/<script|\ssrc=|\shref=|\son[a-z]+=/);
    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
  });

  it('takes every text for a text', async () => {
    const api = await startWithLinks();
    const nasty = `"'><script>alert(1)</script>\u202e`;
    const { id } = api.remediations.waiting({ reason: nasty }, { summary: nasty });
    api.remediations.details.set(id, {
      ...api.remediations.details.get(id),
      alert: {
        ...{ status: 'firing', startsAt: '2026-01-01T00:00:00Z', generatorURL: '', fingerprint: '0'.repeat(16) },
        labels: { alertname: nasty, [nasty]: nasty.repeat(10_000), ['__proto__']: 'x' },
        annotations: { summary: nasty },
      },
    });
    const page = await (await fetch(api.link(id, { name: nasty }))).text();
    expect(page).not.toMatch(/<script|\u202e/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}');
    expect(page.length).toBeLessThan(100_000);
  });

  it('has no buttons when there is nothing to decide, and says why', async () => {
    const api = await startWithLinks();
    const moot = api.remediations.waiting();
    const approval = endApproval(anApproval(), 'moot', Date.now());
    api.remediations.details.set(moot.id, { status: aStatus({ approval }) });
    const ended = aSummary({ state: 'closed', execution: 'completed', outcome: 'denied' });
    api.remediations.items.push(ended);
    api.remediations.details.set(ended.id, { status: aStatus({ approval: anApproval() }) });
    const stranger = api.remediations.waiting({ roles: ['sre'] });
    for (const [id, why] of [
      [moot.id, 'The alert has resolved'],
      [ended.id, 'The remediation has ended (denied)'],
      [stranger.id, 'Ann has none of the roles that may decide: sre'],
    ] as const) {
      const page = await (await fetch(api.link(id))).text();
      expect(page).toContain(why);
      expect(page).not.toContain('<form');
    }
  });

  it('tells what it cannot show', async () => {
    const api = await startWithLinks();
    const silent = aSummary();
    const asksNothing = aSummary();
    api.remediations.items.push(silent, asksNothing);
    api.remediations.details.set(silent.id, { statusUnavailable: 'no worker' });
    api.remediations.details.set(asksNothing.id, { status: aStatus() });
    const status = async (id: string) => (await fetch(api.link(id))).status;
    expect(await status(silent.id)).toBe(503);
    expect(await status(asksNothing.id)).toBe(409);
    expect(await status('remediation/A/0123456789abcdef/1')).toBe(404);
  });
});

describe('POST of an approval link', () => {
  it('votes in the name that the link was made for, by the link', async () => {
    const api = await startWithLinks({ users: [ANN], settings: { host: '0.0.0.0' } });
    const { id } = api.remediations.waiting({ roles: ['sre'] });
    const linkId = newLinkId();
    const url = api.link(id, { roles: ['sre'], linkId }).replace('0.0.0.0', '127.0.0.1');
    const answer = await api.send(url, { decision: 'approve', reason: ' known ' }, { 'sec-fetch-site': 'same-origin' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('Your decision counts. The change is now approved by ann.');
    expect(api.remediations.votes.map(({ input }) => input)).toMatchObject([
      { approve: true, by: 'ann', roles: ['sre'], reason: 'known', via: 'link', linkId },
    ]);
    const signature = url.split('.').at(-1) ?? '';
    await expect.poll(() => api.log.join('')).toContain('vote by a link');
    expect(api.log.join('')).not.toContain(signature);
  });

  it('can reject, and needs no reason', async () => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting();
    const answer = await api.send(api.link(id), { decision: 'reject', reason: '' });
    expect(await answer.text()).toContain('rejected by ann: no reason given');
  });

  it('counts once: used twice, or beside another vote of the same person, it is refused with the reason', async () => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting({ quorum: 3 });
    const url = api.link(id);
    expect((await api.send(url, { decision: 'approve' })).status).toBe(200);
    const again = await api.send(url, { decision: 'approve' });
    expect(again.status).toBe(409);
    expect(await again.text()).toContain('this link has been used');
    const other = await api.send(api.link(id), { decision: 'reject' });
    expect(other.status).toBe(409);
    expect(await other.text()).toContain('ann has voted already');
  });

  it('comes too late after the deadline', async () => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting();
    const url = api.link(id, { expiresAt: Date.now() - 1 });
    for (const answer of [await fetch(url), await api.send(url, { decision: 'approve' })]) {
      expect(answer.status).toBe(410);
      expect(await answer.text()).toContain('this link was good until ');
    }
    expect(api.remediations.votes).toEqual([]);
  });

  it('says that the remediation has ended', async () => {
    const api = await startWithLinks();
    const ended = aSummary({ state: 'closed', execution: 'completed', outcome: 'already_healthy' });
    api.remediations.items.push(ended);
    const answer = await api.send(api.link(ended.id), { decision: 'approve' });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('The remediation has ended (already_healthy)');
  });

  it.each([
    ['another site', { decision: 'approve' }, { 'sec-fetch-site': 'cross-site' }, 403],
    ['a form without a decision', { reason: 'x' }, {}, 400],
    ['another decision', { decision: 'maybe' }, {}, 400],
    ['no form', { decision: 'approve' }, { 'content-type': 'application/json' }, 415],
    ['a form without end', { decision: 'approve', reason: 'x'.repeat(20_000) }, {}, 413],
  ] as const)('does not vote for %s', async (_what, form, headers, status) => {
    const api = await startWithLinks();
    const { id } = api.remediations.waiting();
    expect((await api.send(api.link(id), { ...form }, { ...headers })).status).toBe(status);
    expect(api.remediations.votes).toEqual([]);
  });
});

it('a link of an earlier request shows what is asked now, and decides nothing', async () => {
  const api = await startWithLinks();
  const { id } = api.remediations.waiting();
  const old = api.link(id, { round: '2026-01-01T12:00:00.000Z' });
  const shown = await (await fetch(old)).text();
  expect(shown).toContain('his link was made for another request for approval');
  const answer = await api.send(old, { decision: 'approve' });
  expect({ status: answer.status, text: await answer.text() }).toEqual({
    status: 409,
    text: expect.stringContaining('this link was made for another request for approval') as string,
  });
  expect(api.remediations.details.get(id)?.status?.approval?.votes).toEqual([]);
});

it('a forged link is no link', async () => {
  const api = await startWithLinks();
  const { id } = api.remediations.waiting();
  const claims = {
    ...{ remediationId: id, round: roundOf(api.remediations, id), linkId: newLinkId() },
    ...{ name: 'ann', roles: [], expiresAt: Date.now() + 60_000 },
  };
  for (const token of [signLink(claims, 'x'.repeat(32)), 'nonsense', `${signLink(claims, SECRET)}x`]) {
    expect((await fetch(`${api.url}/approvals/${token}`)).status).toBe(404);
    expect((await api.send(`${api.url}/approvals/${token}`, { decision: 'approve' })).status).toBe(404);
  }
  expect(api.remediations.votes).toEqual([]);
});

it('there are no links without a secret', async () => {
  const api = await startPeopleApi();
  expect((await fetch(`${api.url}/approvals/x`)).status).toBe(404);
});
