import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import type { NotificationChannel } from '../../../src/clients/notifications/notification-channel.ts';
import type { NoticeLink, RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { aNotice } from '../notifications/notices.ts';
import { createNotificationActivities, type NotificationActivityParts } from '../../../src/activities/notifications.ts';
import { newLinkId, readLink, signLink } from '../../../src/clients/links/approval-link.ts';
import type { LinkClaims } from '../../../src/domain/approval/approval-link.ts';
import { MendloopError } from '../../../src/domain/failures.ts';

const secret = 'a'.repeat(32);
const now = Date.parse('2026-01-01T12:00:00Z');
const claims: LinkClaims = {
  remediationId: 'remediation/A%2FB/0123456789abcdef/1',
  round: '2026-01-01T11:00:00.000Z',
  linkId: newLinkId(),
  name: 'Änn "O\'Neil" <sre>',
  roles: ['sre'],
  expiresAt: now + 1000,
};

describe('an approval link', () => {
  it('says what it was made to say, until its time is over', () => {
    const token = signLink(claims, secret);
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/);
    expect(readLink(token, { secret, now })).toEqual({ status: 'valid', claims });
    expect(readLink(token, { secret, now: now + 999 })).toEqual({ status: 'valid', claims });
    expect(readLink(token, { secret, now: now + 1000 })).toEqual({
      ...{ status: 'expired', claims },
      reason: 'this link was good until 2026-01-01 12:00:01 UTC',
    });
  });

  it('is worth nothing with any one character changed', () => {
    const token = signLink(claims, secret);
    const payload = token.split('.')[0] ?? '';
    for (let index = 0; index < payload.length; index += 1) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const forged = `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
      expect(readLink(forged, { secret, now })).toEqual({ status: 'forged' });
    }
  });

  it.each([
    ['nothing', ''],
    ['no signature', signLink(claims, secret).split('.')[0] ?? ''],
    ['an empty signature', `${signLink(claims, secret).split('.')[0]}.`],
    ['zeros for a signature', `${signLink(claims, secret).split('.')[0]}.${'A'.repeat(43)}`],
    ['something behind it', `${signLink(claims, secret)}A`],
    ['a megabyte', 'A'.repeat(1_000_000)],
    ['another secret', signLink(claims, 'b'.repeat(32))],
  ])('is forged with %s', (_what, token) => {
    expect(readLink(token, { secret, now })).toEqual({ status: 'forged' });
  });

  it('is not made with a secret that could be guessed, and its fault does not tell it', () => {
    const fault = 'the secret of links has fewer than 32 characters';
    expect(() => signLink(claims, 'hunter2')).toThrow(new MendloopError('Internal', fault));
    expect(() => readLink(signLink(claims, secret), { secret: 'hunter2', now })).toThrow(fault);
  });

  it('has an ID of its own', () => {
    expect(new Set(Array.from({ length: 1000 }, newLinkId)).size).toBe(1000);
  });
});

describe('links in a notice', () => {
  const approvers = [
    { name: 'ann', roles: ['sre'] },
    { name: 'bob', roles: ['sre', 'lead'] },
  ];
  const request: RemediationNotice = {
    ...aNotice({ kind: 'approval_requested' }),
    remediationId: claims.remediationId,
    approval: { round: claims.round, deadlineAt: '2026-01-01T12:10:00.000Z', approvers },
  };

  async function told(
    parts: Pick<NotificationActivityParts, 'approvalLinks'>,
    notice = request,
    carriesVotes = true,
  ): Promise<RemediationNotice | undefined> {
    const notices: RemediationNotice[] = [];
    const channel: NotificationChannel = {
      name: 'chat',
      type: 'test',
      carriesVotes,
      accepts: () => true,
      send: (notice) => {
        notices.push(notice);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
    const metrics = { notified: () => undefined };
    const { notify } = createNotificationActivities({ channels: [channel], metrics, ...parts });
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    await environment.run(notify, { channel: 'chat', notice, idempotencyKey: 'key' });
    return notices[0];
  }

  async function sent(parts: Pick<NotificationActivityParts, 'approvalLinks'>): Promise<readonly NoticeLink[]> {
    return (await told(parts))?.links ?? [];
  }

  it('are made for each approver where the notice is sent', async () => {
    const links = await sent({ approvalLinks: () => ({ publicUrl: 'https://mendloop.example/base', secret }) });
    expect(links.map(({ text }) => text)).toEqual(['Approve or reject as ann', 'Approve or reject as bob']);
    const [ann, bob] = links.map(({ url }) => {
      expect(url).toMatch(/^https:\/\/mendloop\.example\/base\/approvals\/[\w.-]+$/);
      return readLink(url.split('/').at(-1) ?? '', { secret, now });
    });
    expect(ann).toMatchObject({
      status: 'valid',
      claims: { ...claims, name: 'ann', linkId: expect.any(String) as string, expiresAt: now + 600_000 },
    });
    expect(bob).toMatchObject({ status: 'valid', claims: { name: 'bob', roles: ['sre', 'lead'] } });
  });

  it('are none where several people have to agree, and the notice says how they vote', async () => {
    const approvalLinks = () => ({ publicUrl: 'https://mendloop.example', secret });
    const asked = (quorum: number) => {
      const approval = { round: claims.round, deadlineAt: '2026-01-01T12:10:00.000Z', approvers, quorum };
      return told({ approvalLinks }, { ...request, approval });
    };
    const notice = await asked(2);
    expect(notice?.links).toEqual([]);
    expect(notice?.details.slice(0, -1)).toEqual(request.details);
    expect(notice?.details.at(-1)).toContain(`mendloop approve '${claims.remediationId}'`);
    const one = await asked(1);
    expect(one?.links).toHaveLength(2);
    expect(one?.details).toEqual(request.details);
  });

  it('are none in a channel that the settings do not say so of, and the notice says how people vote', async () => {
    const approvalLinks = () => ({ publicUrl: 'https://mendloop.example', secret });
    const notice = await told({ approvalLinks }, request, false);
    expect(notice?.links).toEqual([]);
    expect(notice?.details.at(-1)).toMatch(/^One person has to approve, under their own name: mendloop approve '/);
  });

  it('are none where the settings have no secret', async () => {
    expect(await sent({})).toEqual([]);
  });

  it('fail for good, without the secret, where the secret is too short', async () => {
    const approvalLinks = () => ({ publicUrl: 'https://m.example', secret: 'hunter2' });
    await expect(sent({ approvalLinks })).rejects.toMatchObject({
      type: 'Internal',
      nonRetryable: true,
      message: expect.not.stringContaining('hunter2') as string,
    });
  });
});
