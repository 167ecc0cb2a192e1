import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

export interface OpenPage {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  /** Token that the tab has already, as after a link with one. */
  readonly token?: string;
}

/**
 * A page in a fresh profile for the length of the test, which at its end must have thrown nothing, broken no rule of its
 * own policy, and asked nobody but the one origin for anything.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { theme = 'light', width = 1280, token }: OpenPage = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: theme });
  if (token !== undefined) {
    await context.addInitScript(`sessionStorage.setItem('mendloop-token', ${JSON.stringify(token)})`);
  }
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // What a server refuses is in the console too, and is no fault of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) faults.push(`asks ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  onTestFinished(async () => {
    // A request that is changed on its way may still be under way.
    await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
    await context.close();
    expect(faults).toEqual([]);
  });
  await page.goto(url);
  return page;
}
