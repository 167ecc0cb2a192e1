import { expect, it } from 'vitest';
import { Resource } from '../../../src/console/net/resource.ts';

/** A source whose answers come when the test says so, in the order of the questions. */
function source() {
  const questions: PromiseWithResolvers<string>[] = [];
  const ask = () => {
    const question = Promise.withResolvers<string>();
    questions.push(question);
    return question.promise;
  };
  return { ask, questions };
}

it('takes no answer to what was asked for before it was held, and takes the next', async () => {
  const { ask, questions } = source();
  let changes = 0;
  const resource = new Resource(ask, () => (changes += 1));
  const first = resource.load();
  questions[0]?.resolve('first');
  await first;

  const beforeHold = resource.load();
  resource.drop();
  questions[1]?.resolve('came while held');
  await beforeHold;
  expect([resource.value, changes]).toEqual(['first', 1]);

  const afterwards = resource.load();
  questions[2]?.resolve('let come again');
  await afterwards;
  expect([resource.value, changes]).toEqual(['let come again', 2]);
});

it('asks once more where it is let come again while the old answer is still awaited', async () => {
  const { ask, questions } = source();
  const resource = new Resource(ask, () => undefined);
  const first = resource.load();
  questions[0]?.resolve('first');
  await first;

  const beforeHold = resource.load();
  resource.drop();
  void resource.load();
  questions[1]?.reject(new Error('the connection was cut'));
  await expect.poll(() => questions.length).toBe(3);
  expect(resource.problem).toBeUndefined();
  questions[2]?.resolve('newest');
  await beforeHold;
  expect(resource.value).toBe('newest');
});

it('takes its first answer all the same: a page that is empty shows nothing that could move', async () => {
  const { ask, questions } = source();
  const resource = new Resource(ask, () => undefined);
  const first = resource.load();
  resource.drop();
  questions[0]?.resolve('first');
  await first;
  expect(resource.value).toBe('first');
});
