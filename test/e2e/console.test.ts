import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiUser } from '../../src/api/access/identify.ts';
import type { RemediationDetail } from '../../src/api/remediations/remediations.ts';
import { waitFor } from '../../dev/stack/index.ts';
import { violationsOf } from '../support/browser/axe.ts';
import { launchBrowser } from '../support/browser/launch-browser.ts';
import { openPage, type OpenPage } from '../support/browser/pages.ts';
import { beginGuards } from '../support/console/begin-guards.ts';
import { type ConsoleStack, plantEnded, startConsoleStack } from '../support/console/console-stack.ts';
import { Story } from '../support/console/console-world.ts';

let stack: ConsoleStack;
let browser: Browser;
const ids: Record<string, string> = {};

const addressOf = (id: string) => `${stack.url}/#/remediations/${encodeURIComponent(id)}`;
const open = (path = '', options?: OpenPage) =>
  openPage(browser, `${stack.url}/${path}`, { token: stack.token, ...options });
const openId = (id: string, options?: OpenPage) => openPage(browser, addressOf(id), { token: stack.token, ...options });
const openStory = (story: string, options?: OpenPage) => openId(ids[story] ?? '', options);
const detailOf = async (id: string) =>
  (await (await stack.ask(`/remediations/${encodeURIComponent(id)}`)).json()) as RemediationDetail;
const focused = (page: Page) => page.evaluate<string>('document.activeElement?.textContent.trim() ?? ""');
const announced = (page: Page) => page.locator('#announcer').textContent();
const PLANTED = 60;

/** Presses Tab until what has the focus is named so, as somebody without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`nothing named ${String(name)} can be reached by Tab`);
}

beforeAll(async () => {
  [stack, browser] = await Promise.all([startConsoleStack(), launchBrowser()]);
  for (const story of Object.values(Story)) ids[story] = await stack.tell(story);
  await beginGuards(stack);
  for (let n = 0; n < PLANTED; n += 1) {
    await plantEnded(stack, n, { alert: `Planted${n}`, rule: 'planted', outcome: n % 2 === 0 ? 'denied' : 'expired' });
  }
  const stepOf = async (story: string) => (await detailOf(ids[story] ?? '')).status?.step;
  const isReady = async () =>
    (await stepOf(Story.Cured)) === 'watching' &&
    (await stepOf(Story.Asks)) === 'awaiting_approval' &&
    (await stepOf(Story.NoHelp)) === 'ended';
  await waitFor(isReady, { what: 'the stories to come to their ends', timeoutMs: 60_000 });
});

afterAll(async () => {
  await browser.close();
  await stack.stop();
});

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  it.each([
    ['now', () => open('', { theme }), 'Just ended'],
    ['now on a phone', () => open('', { theme, width: 390 }), 'Just ended'],
    ['history', () => open('#/history', { theme }), 'Outcome'],
    ['history on a phone', () => open('#/history', { theme, width: 390 }), 'Outcome'],
    ['one that was cured', () => openStory(Story.Cured, { theme }), 'Timeline'],
    ['one on a phone', () => openStory(Story.Cured, { theme, width: 390 }), 'Timeline'],
    ['one that asks', () => openStory(Story.Asks, { theme }), 'Planned change'],
    ['one that was undone', () => openStory(Story.NoHelp, { theme }), 'Timeline'],
    ['unhandled', () => open('#/unhandled', { theme }), 'A rule to begin with'],
    ['an unknown address', () => open('#/nowhere', { theme }), 'Not found'],
  ])('%s has no fault that axe-core finds', async (_name, go, text) => {
    const page = await go();
    await page.getByText(text, { exact: true }).first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('a question has no fault that axe-core finds', async () => {
    const page = await open('', { theme });
    await page.getByRole('button', { name: 'Pause all changes' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });
});

it('shows what happens now: in flight, asking, breakers, budgets', async () => {
  const page = await open();
  const region = (name: string) => page.getByRole('region', { name });
  await region('Waiting for approval').getByText('scale 2 → 5').waitFor();
  await region('In flight').getByText(Story.Cured).waitFor();
  await region('Breakers and guards').getByText('Breaker open').waitFor();
  await region('Budgets').getByText('34.85 USD of 50.00 USD a day').waitFor();
  await region('Pause switch').getByText('Changes are allowed').waitFor();
});

it('explains one remediation: decision, evidence, plots with the acts marked, timeline, links', async () => {
  const page = await openStory(Story.NoHelp);
  const plot = page.getByRole('img', { name: 'p95 latency', exact: true });
  await plot.waitFor();
  await expect
    .poll(() => plot.locator('.plot-mark text').allTextContents())
    .toEqual(expect.arrayContaining(['act: 2 → 5', 'in effect', 'undo']) as string[]);
  await expect.poll(() => plot.locator('.plot-series .plot-bad').count()).toBeGreaterThan(3);
  await expect.poll(() => plot.locator('.plot-series .plot-unknown').count()).toBe(1);
  await page.getByRole('img', { name: 'Replicas' }).waitFor();
  await expect.poll(() => page.getByRole('img', { name: /deviations from usual/ }).count()).toBe(3);
  const decision = page.getByRole('region', { name: 'Decision' });
  expect(await decision.textContent()).toContain('It wants to scale Deployment production/payment-gateway 2 -> 5.');
  expect(await page.getByRole('link', { name: /Temporal Web UI/ }).getAttribute('href')).toMatch(
    /^http:\/\/temporal\.example\/namespaces\/default\/workflows\/remediation%2F/,
  );
  await expect
    .poll(() => page.getByRole('region', { name: 'Timeline' }).getByRole('listitem').count())
    .toBeGreaterThan(5);
});

it('lets somebody approve with nothing but a keyboard', async () => {
  const id = await stack.tell(Story.Asks, { alertname: Story.Asks, team: 'keyboard' });
  await expect.poll(async () => (await detailOf(id)).status?.step).toBe('awaiting_approval');
  const page = await openId(id);
  await page.getByRole('button', { name: 'Approve' }).waitFor();

  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  await tabTo(page, /^Approve/);
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');

  // Going back gives the focus back, and nothing is done.
  await page.keyboard.press('Escape');
  await expect.poll(() => focused(page)).toBe('Approve …');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
  await page.keyboard.type('known pattern');
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');

  await expect.poll(() => announced(page)).toContain('Approved. The remediation goes on.');
  await page.getByText('Cure proven').waitFor();
  expect((await detailOf(id)).status?.approval).toMatchObject({
    status: 'approved',
    votes: [{ by: 'local', reason: 'known pattern', via: 'http' }],
  });
  expect(await focused(page)).toBe(Story.Asks);
});

describe('what has the focus keeps it over live updates', () => {
  const PATH = /\/api\/v1\/remediations\/remediation%2F[^/]+$/;

  /** Opens a remediation that asks, has the focus on a button of its, and lets the next answers be changed on their way. */
  async function focusOn(name: RegExp) {
    const id = await stack.tell(Story.Asks, { team: `focus-${name.source.replace(/\W/g, '')}-${Date.now()}` });
    await expect.poll(async () => (await detailOf(id)).status?.step).toBe('awaiting_approval');
    const page = await openId(id);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await tabTo(page, name);
    const change = async (by: (detail: RemediationDetail) => RemediationDetail) => {
      await page.route(PATH, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: by((await response.json()) as RemediationDetail) });
      });
      // Held updates that come again read everything anew, without taking the focus.
      await page.evaluate('for (let press = 0; press < 2; press += 1) document.querySelector(".updates").click()');
    };
    return { page, change };
  }

  const entry = (text: string) => ({ at: new Date().toISOString(), step: 'deciding' as const, text });

  it.each<[string, RegExp, (detail: RemediationDetail) => RemediationDetail, string]>([
    [
      'the remediation does not answer for a moment',
      /^Approve/,
      ({ status: _, ...rest }) => ({ ...rest, statusUnavailable: 'the worker is away' }),
      'the worker is away',
    ],
    [
      'a panel comes to stand above it',
      /^Reject/,
      ({ status, ...rest }) => ({
        ...rest,
        status: { ...status!, fault: { type: 'TargetChanged', message: 'a fault above', step: 'preparing' } },
      }),
      'a fault above',
    ],
    [
      'the story goes on',
      /^Cancel/,
      ({ status, ...rest }) => ({ ...rest, status: { ...status!, timeline: [entry('it goes on')] } }),
      'it goes on',
    ],
    [
      'all texts above it change',
      /^Approve/,
      ({ status, ...rest }) => ({ ...rest, status: { ...status!, summary: 'another summary', notified: ['pager'] } }),
      'another summary',
    ],
  ])('while %s', async (_what, name, by, shown) => {
    const { page, change } = await focusOn(name);
    await change(by);
    await page.getByText(shown).first().waitFor();
    expect(await focused(page)).toMatch(name);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement?.tagName')).toBe('TEXTAREA');
    expect(await page.getByRole('dialog').getByRole('heading').textContent()).toMatch(name);
  });

  it('goes to the title where what had it is gone, and Enter presses nothing else', async () => {
    const { page, change } = await focusOn(/^Approve/);
    await change(({ status, ...rest }) => {
      const { approval: _, ...decided } = status!;
      return { ...rest, status: { ...decided, step: 'admitting' as const, summary: 'decided elsewhere' } };
    });
    await page.getByText('decided elsewhere').first().waitFor();
    expect(await focused(page)).toBe(Story.Asks);
    await page.keyboard.press('Enter');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('a question answers where it was asked, though the server refuses it', async () => {
    const { page } = await focusOn(/^Approve/);
    await page.route('**/approve', (route) => route.fulfill({ status: 503, json: { detail: 'not now' } }));
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('known');
    await tabTo(page, /^Approve$/);
    for (let presses = 0; presses < 2; presses += 1) {
      const refused = page.waitForResponse('**/approve');
      await page.keyboard.press('Enter');
      await refused;
      await expect.poll(() => page.getByRole('alert').textContent()).toContain('not now');
      // The word of the time in between may still be there, and the refusal of the press before.
      await expect.poll(() => focused(page)).toBe('Approve');
    }
  });

  it('pages are turned from the same button', async () => {
    const page = await open('#/history?rule=planted');
    await page.getByText(`1 to 25 of ${PLANTED}`).waitFor();
    await page.getByRole('button', { name: 'Next' }).focus();
    for (const range of ['26 to 50', '51 to 60']) {
      await page.keyboard.press('Enter');
      await page.getByText(`${range} of ${PLANTED}`).waitFor();
      expect(await focused(page)).toBe('Next');
    }
  });

  it('in a list, on the same remediation', async () => {
    const page = await open();
    const list = page.getByRole('region', { name: 'In flight' });
    await list.getByRole('link', { name: Story.Cured }).first().focus();
    await stack.tell(Story.Cured, { alertname: 'ComesAboveTheFocus' });
    await list.getByText('ComesAboveTheFocus').waitFor();
    expect(await focused(page)).toBe(Story.Cured);
  });
});

it('says why a vote does not count, and keeps what was typed', async () => {
  const id = await stack.tell(Story.Asks, { team: 'refused' });
  await expect.poll(async () => (await detailOf(id)).status?.step).toBe('awaiting_approval');
  const page = await openId(id);
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.getByRole('button', { name: 'Reject', exact: true }).waitFor();
  await stack.ask(`/remediations/${encodeURIComponent(id)}/approve`, { reason: 'was faster' });
  await page.getByLabel('Reason').fill('too late');
  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('Nothing was done');
  expect(await page.getByLabel('Reason').inputValue()).toBe('too late');
});

it('undoes a change, with a reason', async () => {
  const id = await stack.tell(Story.Cured, { team: 'undone' });
  const page = await openId(id);
  await page.getByRole('button', { name: 'Undo …' }).click();
  await page.getByLabel('Reason').fill('wrong hour');
  await page.getByRole('button', { name: 'Undo the change' }).click();
  await page.getByRole('region', { name: 'Change' }).getByText('put back to 2').waitFor();
  await page.getByText('undone by local: wrong hour').first().waitFor();
});

it('pauses and resumes all changes, and says who did and why', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Pause all changes' }).click();
  await page.getByLabel('Reason').fill('migration of the cluster');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause all changes' }).click();
  const bar = page.getByRole('region', { name: 'Pause switch' });
  await bar.getByText('migration of the cluster').waitFor();
  await page.getByRole('button', { name: 'Resume …' }).click();
  await page.getByLabel('Reason').fill('done');
  await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
  await bar.getByText('Changes are allowed').waitFor();
});

describe('live', () => {
  it('shows by an event what begins, and holds still when told to', async () => {
    const page = await open();
    await page.getByRole('button', { name: /^Live/ }).waitFor();
    const list = page.getByRole('region', { name: 'In flight' });
    await stack.tell(Story.Cured, { alertname: 'ComesByEvent' });
    await list.getByText('ComesByEvent').waitFor();
    await page.getByRole('button', { name: /^Live/ }).click();
    await page.getByRole('button', { name: /^Held/ }).waitFor();
    const id = await stack.tell(Story.Cured, { alertname: 'ComesWhileHeld' });
    await expect.poll(async () => (await detailOf(id)).status?.step).toBe('watching');
    expect(await list.getByText('ComesWhileHeld').count()).toBe(0);
    await page.getByRole('button', { name: /^Held/ }).click();
    await list.getByText('ComesWhileHeld').waitFor();
  });

  it('asks every few seconds where no events come', async () => {
    const context = await browser.newContext();
    await context.route('**/api/v1/events', (route) => route.abort());
    const page = await context.newPage();
    await page.goto(`${stack.url}/#token=${stack.token}`);
    await page.getByRole('button', { name: /^Polling/ }).waitFor();
    await stack.tell(Story.Cured, { alertname: 'ComesByPolling' });
    await page.getByRole('region', { name: 'In flight' }).getByText('ComesByPolling').waitFor();
    await context.close();
  });
});

describe('history', () => {
  it('is filtered, by an address that can be kept, and turned page by page', async () => {
    const page = await open('#/history');
    await page.getByLabel('Rule').fill('planted');
    await page.getByLabel('Denied').check();
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect.poll(() => page.url()).toContain('#/history?rule=planted&outcome=denied');
    await page.getByText(`1 to 25 of ${PLANTED / 2}`).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(`26 to ${PLANTED / 2} of ${PLANTED / 2}`).waitFor();
    await expect.poll(() => page.getByRole('row').count()).toBe(PLANTED / 2 - 25 + 1);
    expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText(`1 to 25 of ${PLANTED / 2}`).waitFor();

    const again = await openPage(browser, page.url(), { token: stack.token });
    await again.getByText(`1 to 25 of ${PLANTED / 2}`).waitFor();
    expect(await again.getByLabel('Rule').inputValue()).toBe('planted');
    expect(await again.getByLabel('Denied').isChecked()).toBe(true);
  });

  it('leads to one remediation, and back to the same place', async () => {
    const page = await open(`#/history?q=${Story.Observed}`);
    await page.getByRole('link', { name: Story.Observed }).click();
    await page.getByRole('heading', { level: 1, name: Story.Observed }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: Story.Observed }).waitFor();
  });
});

it('lists the alerts that no rule wants, with a rule to begin with that can be copied', async () => {
  const page = await open('#/unhandled');
  const list = page.getByRole('region', { name: 'Alerts that no rule wants' });
  await list.getByText(Story.Rejected).first().waitFor();
  await list.getByText('no rule matches the alert').waitFor();
  await list.getByText('A rule to begin with').click();
  await list.getByText('package mendloop.rules.certificate_expires_soon').waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await list.getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => announced(page)).toContain('The rule has been copied.');
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('certificate_expires_soon');
});

it('takes every text of an alert for a text', async () => {
  const hostile = {
    html: '<img src=x onerror="globalThis.broken = true"><script>globalThis.broken = true</script>',
    direction: 'safe\u202etxt.exe\u2066 \u200fend',
    quotes: '"\'`</title></bdi></dd><svg onload=alert(1)>',
    script: 'javascript:alert(1)',
    long: 'x'.repeat(100_000),
    __proto__x: '__proto__',
  };
  const alertname = '<b onclick=alert(1)>\u202eBold</b>';
  const id = await stack.tell(Story.Cured, { ...hostile, alertname });
  const page = await openId(id);
  const panel = page.getByRole('region', { name: 'Alert', exact: true });
  await panel.getByText(hostile.html).waitFor();
  const text = await page.evaluate<string>('document.body.innerText');
  expect(text).toContain('<b onclick=alert(1)>\\u{202e}Bold</b>');
  expect(text).toContain('safe\\u{202e}txt.exe');
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
  expect(text.length).toBeLessThan(20_000);
  expect(await page.title()).not.toMatch(/[\u202a-\u202e]/);
  expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
  expect(await page.locator('main img, main script, main b').count()).toBe(0);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await page.goto(`${stack.url}/`);
  await page.getByRole('region', { name: 'In flight' }).getByText('<b onclick=alert(1)>').waitFor();
  expect(await page.locator('main b').count()).toBe(0);
});

it('is opened by the link that a start prints, whose token stays in the tab and leaves the address', async () => {
  const page = await openPage(browser, `${stack.url}/#token=${stack.token}`);
  await page.getByRole('region', { name: 'In flight' }).getByText(Story.Cured).waitFor();
  await page.getByRole('button', { name: 'Pause all changes' }).waitFor();
  const seen = await page.evaluate('JSON.stringify([localStorage, document.cookie, location.href])');
  expect(seen).not.toContain(stack.token);
  await page.goBack().catch(() => undefined);
  expect(page.url()).not.toContain(stack.token);

  const stranger = await openPage(browser, stack.url);
  await stranger.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await stranger.getByRole('region', { name: 'In flight' }).count()).toBe(0);
  // The same link in a tab that is open already.
  await stranger.evaluate(`location.hash = '#token=${stack.token}'`);
  await stranger.getByRole('region', { name: 'In flight' }).getByText(Story.Cured).waitFor();
  expect(stranger.url()).not.toContain(stack.token);
});

describe('with users', () => {
  const users: ApiUser[] = [
    { name: 'vera', roles: ['viewer'], token: () => 'token-of-vera' },
    { name: 'ann', roles: ['approver'], token: () => 'token-of-ann' },
  ];
  const signIn = async (page: Page, token: string) => {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };

  it('asks for a token, keeps it in the tab only, and forgets it', async () => {
    const page = await openPage(browser, await stack.serve(users));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await signIn(page, 'wrong');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('The bearer token is wrong.');
    await signIn(page, 'token-of-vera');
    await page.getByRole('region', { name: 'In flight' }).getByText(Story.Cured).waitFor();
    await page.getByRole('button', { name: /^Live/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Pause all changes' }).count()).toBe(0);
    expect(await page.evaluate('JSON.stringify([localStorage, document.cookie, location.href])')).not.toContain('vera');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('offers what somebody has a role for', async () => {
    const page = await openPage(browser, await stack.serve(users));
    await signIn(page, 'token-of-ann');
    await page
      .getByRole('link', { name: /^Review/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel …' }).count()).toBe(0);
  });
});

it('keeps the theme that was chosen, from the first paint on', async () => {
  const page = await open();
  await page.getByLabel('Colours').selectOption('dark');
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  await expect.poll(ground).toBe('rgb(14, 19, 24)');
  await page.reload({ waitUntil: 'commit' });
  await expect.poll(ground).toBe('rgb(14, 19, 24)');
});
