/**
 * Deletes from an installation's `node_modules` the native bridges of Temporal's SDK that this machine does not load: each
 * has some 30 MB.
 *
 *     node tools/image/keep-one-bridge.ts FOLDER
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'unknown-linux-gnu', darwin: 'apple-darwin' };

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('invalid arguments: expected the folder that holds node_modules');
const releases = join(folder, 'node_modules', '@temporalio', 'core-bridge', 'releases');
const kept = `${ARCHITECTURES[process.arch]}-${SYSTEMS[process.platform]}`;
const all = readdirSync(releases);
if (!all.includes(kept)) throw new Error(`there is no bridge for ${kept} in ${releases}`);
for (const name of all) if (name !== kept) rmSync(join(releases, name), { recursive: true });
console.log(`kept ${kept} of ${all.length} bridges`);
