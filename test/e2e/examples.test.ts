import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { terminalProgress } from '../../dev/stack/index.ts';
import { findIllnesses } from '../../examples/runner/find-illnesses.ts';
import { runIllness } from '../../examples/runner/run-illness.ts';
import { ensureExampleServers } from '../../examples/runner/stack/servers.ts';
import { type ExamplesStack, startExamplesStack } from '../../examples/runner/stack/start-stack.ts';

const illnesses = await findIllnesses();

let stack: ExamplesStack;

beforeAll(async () => {
  const progress = terminalProgress();
  const servers = await ensureExampleServers({ illnesses, progress });
  stack = await startExamplesStack({ servers, illnesses, progress });
});

afterAll(async () => {
  await (stack as ExamplesStack | undefined)?.stop();
});

describe('an example', () => {
  it.for(illnesses)('ends as it should: $name', { timeout: 300_000 }, async (illness, { signal }) => {
    const { report } = await runIllness({ illness, stack, signal });
    expect(report.unmet, JSON.stringify(report, undefined, 2)).toEqual([]);
  });

  it('whose fault cannot be brought about ends with that error alone', { timeout: 300_000 }, async ({ signal }) => {
    const illness = illnesses.find(({ name }) => name === 'image-missing')!;
    const fault = { ...illness.fault, bring: () => Promise.reject(new Error('no hand for it')) };
    const { report } = await runIllness({ illness: { ...illness, fault }, stack, signal });
    expect(report).toMatchObject({ unmet: ['no hand for it'], workflowIds: [], seen: null });
  });
});
