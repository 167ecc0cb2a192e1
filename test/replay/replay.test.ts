import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/local/package-root.ts';
import { unheardSinks } from '../../src/workers/unheard-sinks.ts';
import { workflowBundle } from '../../src/workers/workflow-bundle.ts';
import { remediationCases } from './remediation-cases.ts';

// The SDK tells of each of its workers unless it is told not to.
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });

const folder = join(import.meta.dirname, 'histories');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

function* histories() {
  for (const file of files) {
    const history = historyFromJSON(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? file;
    yield { workflowId, history };
  }
}

async function replay(bundle: Parameters<typeof Worker.runReplayHistories>[0]) {
  const results: { workflowId: string; error: Error | undefined }[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(bundle, histories())) {
    results.push({ workflowId, error });
  }
  return results;
}

describe('committed histories', () => {
  it('cover every way a remediation ends today', () => {
    const outcomes = new Set(files.map((file) => file.split('/').at(-1)?.replace('.json', '')));
    for (const { name } of remediationCases) expect(outcomes).toContain(name);
  });

  it('replay on the bundle that runs in production', async () => {
    const results = await replay({ workflowBundle: workflowBundle(packageRoot()), sinks: unheardSinks() });
    expect(results.length).toBe(files.length);
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('refuse a workflow that does something else', async () => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(import.meta.dirname, 'changed-workflows.ts'),
      logger,
    });
    const results = await replay({ workflowBundle: { code } });
    const acted = results.filter(({ error }) => error?.name === 'DeterminismViolationError');
    expect(acted.length).toBe(files.length);
  });
});
