import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedSearchAttributes } from '@temporalio/common';
import type { ApiUser } from '../../../src/api/access/identify.ts';
import { keyword, searchAttributes } from '../../../src/contract/search-attributes.ts';
import { buildConsole } from '../../../tools/build-console.ts';
import { anAlert } from '../alerts.ts';
import { type PeopleStack, startPeopleStack } from '../people-stack.ts';
import { type ConsoleWorldOptions, consoleWorld, serviceOf } from './console-world.ts';

export interface ConsoleStack extends Omit<PeopleStack, 'serve' | 'stop'> {
  /** The console for who has `token`. */
  readonly url: string;
  /** Starts a story's remediation, and gives its ID. */
  tell(story: string, labels?: Record<string, string>): Promise<string>;
  /** The same console on another port, for users with tokens. */
  serve(users: readonly ApiUser[]): Promise<string>;
  stop(): Promise<void>;
}

/** The real console on the real API, store and workflows on a real Temporal server, with stories for activities. */
export async function startConsoleStack(options: ConsoleWorldOptions = {}): Promise<ConsoleStack> {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-console-'));
  const consoleFolder = join(folder, 'console');
  await buildConsole({ output: consoleFolder });
  const stack = await startPeopleStack(consoleWorld(options));
  return {
    ...stack,
    serve: (users) => stack.serve({ users, consoleFolder }),
    url: await stack.serve({ consoleFolder }),
    tell: (story, labels = {}) => stack.start(storyAlert(story, labels)),
    stop: async () => {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function storyAlert(story: string, labels: Record<string, string>) {
  const service = serviceOf(story);
  return anAlert({
    labels: {
      ...{ alertname: story, severity: 'critical', service, team: 'shop', namespace: 'production' },
      ...labels,
    },
    annotations: { summary: `${service} is slower than it should be`, description: 'p95 latency is above 200 ms.' },
  });
}

type Attribute = Exclude<keyof typeof searchAttributes, 'cureSeconds'>;

/** A remediation that only lists know of: nobody ever worked on it, and it was terminated. */
export async function plantEnded(
  { client }: Pick<PeopleStack, 'client'>,
  number: number,
  attributes: Partial<Record<Attribute, string>>,
): Promise<void> {
  const workflowId = `remediation/default/Planted/${number.toString(16).padStart(16, '0')}/1`;
  const pairs = Object.entries(attributes).map(([key, value]) => ({
    key: searchAttributes[key as Attribute],
    value: keyword(value),
  }));
  await client.workflow.start('remediation', {
    ...{ workflowId, taskQueue: 'nobody', args: [{}] },
    typedSearchAttributes: new TypedSearchAttributes(pairs),
  });
  await client.workflow.getHandle(workflowId).terminate();
}
