import { expect, it } from 'vitest';
import { taskQueueOf } from '../../../src/contract/task-queue.ts';

it('two clusters that share a namespace of Temporal, and every other setting, have task queues of their own', () => {
  const of = (cluster: string) => taskQueueOf({ temporal: { taskQueue: 'mendloop' }, kubernetes: { cluster } });
  expect(of('east')).not.toBe(of('west'));
  expect(of('a/b')).not.toBe(`${of('a')}/b`);
});
