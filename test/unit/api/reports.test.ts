import { describe, expect, it } from 'vitest';
import { signReportLink } from '../../../src/clients/links/report-link.ts';
import { signLink } from '../../../src/clients/links/approval-link.ts';
import { rolledBack } from '../report/rolled-back.ts';
import { aSummary } from './fake-remediations.ts';
import { ANN, bearer, startPeopleApi } from './people-harness.ts';

const SECRET = 's'.repeat(32);
const DAY = 86_400_000;

async function startWithReport() {
  const api = await startPeopleApi({ users: [ANN], linkSecret: () => SECRET });
  const remediation = aSummary({ state: 'closed', outcome: 'rolled_back' });
  const { id } = remediation;
  api.remediations.items.push(remediation);
  api.remediations.details.set(id, { status: rolledBack });
  const link = (expiresAt = Date.now() + DAY, remediationId = id) =>
    `${api.url}/reports/${signReportLink({ remediationId, expiresAt }, SECRET)}`;
  return { ...api, id, link };
}

describe('a report link', () => {
  it('shows the post-mortem to whoever has it, as page, Markdown and picture', async () => {
    const { link } = await startWithReport();
    const page = await fetch(link());
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).toContain('put back to 2');

    const markdown = await fetch(`${link()}/report.md`);
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await markdown.text()).toMatch(/^# Remediation: rolled back/);

    const picture = await fetch(`${link()}/plot.png`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1600, 640]);
  });

  it('is worth nothing forged, and nothing any more when its time is over', async () => {
    const { url, link, id } = await startWithReport();
    // Not its last character, of which not every bit counts.
    const forged = link().replace(/.(?=.{4}$)/, (found) => (found === 'A' ? 'B' : 'A'));
    expect((await fetch(forged)).status).toBe(404);
    expect((await fetch(link(Date.now() - 1))).status).toBe(410);
    const approval = {
      ...{ remediationId: id, round: 'r', linkId: 'x'.repeat(16), name: 'ann', roles: [] },
      expiresAt: Date.now() + DAY,
    };
    expect((await fetch(`${url}/reports/${signLink(approval, SECRET)}`)).status).toBe(404);
    expect((await fetch(link(undefined, 'remediation/default/Gone/0000000000000000/1'))).status).toBe(404);
    expect((await fetch(link(), { method: 'POST' })).status).toBe(405);
  });

  it('asks to come back while nobody can tell what happened, or there is no picture yet', async () => {
    const { remediations, link, id } = await startWithReport();
    const detail = remediations.details.get(id)!;
    const { status: _, ...silent } = detail;
    remediations.details.set(id, { ...silent, statusUnavailable: 'no worker' });
    expect((await fetch(link())).status).toBe(503);
    const { baseline: _b, verification: _v, planned: _p, effect: _e, ...early } = rolledBack;
    remediations.details.set(id, { ...detail, status: early });
    expect((await fetch(`${link()}/plot.png`)).status).toBe(404);
  });
});

describe('the report of a remediation', () => {
  it('is for those who may see remediations', async () => {
    const { ask, url, id } = await startWithReport();
    const path = `/remediations/${encodeURIComponent(id)}/report`;
    expect((await fetch(`${url}/api/v1${path}`)).status).toBe(401);
    const html = await ask(path, { headers: bearer(ANN) });
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const markdown = await ask(`${path}?format=md`, { headers: bearer(ANN) });
    expect(await markdown.text()).toMatch(/^# /);
    expect((await ask(`${path}?format=pdf`, { headers: bearer(ANN) })).status).toBe(400);
  });
});
