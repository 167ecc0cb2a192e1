#!/usr/bin/env node
// Node 24 runs the sources as they are in a checkout; a published package has them compiled in dist/.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(
    `mendloop needs Node.js 24 or newer; this is ${process.version}. npm has one: npx -p node@24 -p mendloop mendloop`,
  );
  process.exit(1);
}
const compiled = new URL('../dist/cli/main.js', import.meta.url);
const source = new URL('../src/cli/main.ts', import.meta.url);
await import(existsSync(fileURLToPath(source)) ? source.href : compiled.href);
