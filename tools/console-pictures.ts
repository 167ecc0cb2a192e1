/**
 * Takes the pictures of docs/console.md anew, from the real console on a Temporal server of its own.
 *
 *     node tools/console-pictures.ts
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { packageRoot } from '../src/local/package-root.ts';
import { waitFor } from '../dev/stack/index.ts';
import { RESOLVED_SIGNAL } from '../src/contract/remediation.ts';
import { launchBrowser } from '../test/support/browser/launch-browser.ts';
import { beginGuards } from '../test/support/console/begin-guards.ts';
import { type ConsoleStack, startConsoleStack } from '../test/support/console/console-stack.ts';
import { Story } from '../test/support/console/console-world.ts';

const folder = join(packageRoot(), 'docs', 'images');
mkdirSync(folder, { recursive: true });

/** Milliseconds between samples: enough for plots that look like those of real ones. */
const PACE = 300;

const stack = await startConsoleStack({ pace: PACE });
const browser = await launchBrowser();
try {
  const ids = await tellStories(stack);
  const address = (story: string) => `#/remediations/${encodeURIComponent(ids[story] ?? '')}`;
  await picture(browser, { name: 'console-now', theme: 'light', height: 1120 });
  await picture(browser, { name: 'console-remediation', path: address(Story.NoHelp), theme: 'dark', height: 1480 });
  await picture(browser, { name: 'console-lease', path: address(Story.Leased), theme: 'light', height: 1180 });
  await picture(browser, { name: 'console-history', path: '#/history', theme: 'dark', height: 900 });
  const approve = (page: Page) => page.getByRole('button', { name: 'Approve' }).click();
  await picture(browser, {
    name: 'console-approve',
    path: address(Story.Asks),
    theme: 'light',
    height: 860,
    then: approve,
  });
  await picture(browser, { name: 'console-phone', path: address(Story.Asks), theme: 'light', width: 390, height: 844 });
} finally {
  await browser.close();
  await stack.stop();
}

async function tellStories(of: ConsoleStack): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const story of Object.values(Story)) ids[story] = await of.tell(story);
  await beginGuards(of);
  const stateOf = async (story: string) => {
    const answer = await of.ask(`/remediations/${encodeURIComponent(ids[story] ?? '')}`);
    return (await answer.json()) as { status?: { step: string }; remediation: { state: string } };
  };
  await waitFor(async () => (await stateOf(Story.Leased)).status?.step === 'watching', {
    ...{ what: 'the cure', timeoutMs: 120_000 },
  });
  await of.client.workflow.getHandle(ids[Story.Leased] ?? '').signal(RESOLVED_SIGNAL, {});
  await waitFor(
    async () =>
      (await stateOf(Story.Leased)).remediation.state === 'closed' &&
      (await stateOf(Story.NoHelp)).remediation.state === 'closed' &&
      (await stateOf(Story.Cured)).status?.step === 'watching',
    { what: 'the stories to end', timeoutMs: 180_000 },
  );
  return ids;
}

interface Picture {
  readonly name: string;
  readonly path?: string;
  readonly theme: 'light' | 'dark';
  readonly width?: number;
  readonly height: number;
  readonly then?: (page: Page) => Promise<void>;
}

async function picture(from: Browser, { name, path = '', theme, width = 1280, height, then }: Picture): Promise<void> {
  const context = await from.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await context.addInitScript(`sessionStorage.setItem('mendloop-token', ${JSON.stringify(stack.token)})`);
  await page.goto(`${stack.url}/${path}`);
  await page.getByRole('button', { name: /^Live/ }).waitFor();
  await page.waitForFunction(() => performance.getEntriesByName('mendloop-first-view').length > 0);
  // What asks for details fills in last.
  await page.waitForLoadState('load');
  await page.waitForTimeout(1500);
  await then?.(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}
