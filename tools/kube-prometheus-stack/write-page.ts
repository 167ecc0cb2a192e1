/**
 * Writes docs/kube-prometheus-stack.md from what the policy decides about the stack's alerts.
 *
 *     node tools/kube-prometheus-stack/write-page.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';
import { ensureUntilStopped } from '../ensure-until-stopped.ts';
import { terminalProgress } from '../../dev/stack/index.ts';
import { readFacts, withOurValues } from './alerts.ts';
import { decideAll } from './decide.ts';
import { renderPage } from './render-page.ts';

const root = packageRoot();
const { opa } = await ensureUntilStopped(['opa'], terminalProgress());
const { version, alerts } = readFacts(root);
const [stock, ours] = await Promise.all([
  decideAll(opa.path, root, alerts),
  decideAll(opa.path, root, withOurValues(root, alerts)),
]);
writeFileSync(join(root, 'docs', 'kube-prometheus-stack.md'), renderPage({ version, stock, ours }));
