import { type Browser, chromium } from 'playwright-core';
import { ensureChromium, terminalProgress } from '../../../dev/stack/index.ts';

/** Asks nothing of the network by itself: pages of tests come from this machine. */
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium without a window, with a profile of its own that is deleted when it is closed. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await ensureChromium({ progress: terminalProgress() });
  // Root cannot have the sandbox, and whatever is opened here is our own.
  return await chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: false });
}
