import { describe, expect, it, vi } from 'vitest';
import { attachReport, type ReportParts } from '../../../src/activities/attach-report.ts';
import { readReportLink } from '../../../src/clients/links/report-link.ts';
import { renderNoticeBody } from '../../../src/domain/notice/notice-body.ts';
import { rolledBack } from '../report/rolled-back.ts';
import { aNotice } from './notices.ts';

const secret = 's'.repeat(32);
const { outcome: _, ...ending } = rolledBack;

function parts(overrides: Partial<ReportParts> = {}) {
  const warn = vi.fn();
  const links = () => ({ publicUrl: 'https://mendloop.example', secret });
  return { warn, parts: { statusOf: () => Promise.resolve(ending), links, logger: { warn }, ...overrides } };
}

describe('the report of an end', () => {
  it('goes with the notice: as document, as picture, and as links for people and chats', async () => {
    const notice = aNotice({ kind: 'rolled_back' });
    const attached = await attachReport(notice, parts().parts);
    // As it is about to end, although the workflow has not ended yet.
    expect(attached.reportMarkdown).toMatch(/^# OrderServiceCPUThrottling: rolled back/);
    expect(attached.pictureSvg).toMatch(/^<svg /);
    const [link] = attached.links ?? [];
    const [, token = ''] = /^https:\/\/mendloop\.example\/reports\/([\w.-]+)$/.exec(link?.url ?? '') ?? [];
    expect(readReportLink(token, secret)?.remediationId).toBe(notice.remediationId);
    expect(attached.pictureUrl).toBe(`${link?.url}/plot.png`);
    expect(renderNoticeBody({ ...notice, ...attached })).toMatchObject(attached);
  });

  it('comes without links where the settings have no address for them', async () => {
    const attached = await attachReport(aNotice(), parts({ links: undefined }).parts);
    expect(Object.keys(attached).sort()).toEqual(['pictureSvg', 'reportMarkdown']);
  });

  it('is no reason to tell nobody', async () => {
    const silent = parts({ statusOf: () => Promise.resolve(undefined) });
    expect(await attachReport(aNotice(), silent.parts)).toEqual({});
    const failing = parts({ statusOf: () => Promise.reject(new Error('no worker')) });
    expect(await attachReport(aNotice(), failing.parts)).toEqual({});
    expect(failing.warn).toHaveBeenCalledOnce();
  });

  it('does not exist before the end', async () => {
    expect(await attachReport(aNotice({ kind: 'approval_requested' }), parts().parts)).toEqual({});
  });
});
