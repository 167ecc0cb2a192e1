import { readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { textOf } from '../text-of.ts';
import { withoutShorthand } from './payload-shorthand.ts';

const eventsSchema = z.array(z.record(z.string(), z.unknown())).min(1);

/** The forms in which histories are downloaded. */
const historySchema = z.union([
  // `temporal workflow show -o json`, and the Web UI's download.
  z.looseObject({ events: eventsSchema }),
  // The answer of Temporal's HTTP API, and of the Web UI's.
  z
    .looseObject({
      history: z.looseObject({ events: eventsSchema }),
      nextPageToken: z.string().nullish(),
      next_page_token: z.string().nullish(),
    })
    .transform(({ history, nextPageToken, next_page_token }) => ({
      ...history,
      nextPageToken: nextPageToken ?? next_page_token,
    })),
  // The list of events alone.
  eventsSchema.transform((events) => ({ events })),
]);

const WHENCE = 'download it from the Web UI, or by `temporal workflow show --workflow-id ID --output json`';

type History = ReturnType<typeof historyFromJSON>;

/**
 * The history that a file holds, whichever program wrote it.
 *
 * @throws Error that says what the file is not.
 */
export async function readHistory(file: string): Promise<History> {
  const unfit = (what: string, options?: ErrorOptions) => new Error(`${file} ${what}: ${WHENCE}`, options);
  const bytes = await readFile(file);
  if (bytes.toString('latin1').trim() === '') throw unfit('is empty');
  let json: unknown;
  try {
    json = JSON.parse(await textOf(bytes));
  } catch (cause) {
    throw unfit('is not JSON', { cause });
  }
  const found = historySchema.safeParse(json);
  if (!found.success) throw unfit('is no history of a workflow, which has events');
  const { events, ...more } = found.data;
  if ('nextPageToken' in more && typeof more.nextPageToken === 'string' && more.nextPageToken !== '') {
    throw unfit('is only the first page of a history');
  }
  let history: History;
  try {
    history = historyFromJSON(withoutShorthand({ events }));
  } catch (cause) {
    throw unfit('has an event that cannot be read', { cause });
  }
  // Of events that are not there it decides otherwise, or waits for ever.
  const gap = history.events?.findIndex(({ eventId }, index) => Number(eventId) !== index + 1) ?? -1;
  // The SDK's core dies over a history without these, and does not tell.
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!started?.workflowType?.name || !started.taskQueue) throw unfit('does not begin with the start of a workflow');
  if (gap !== -1) throw unfit(`lacks event ${gap + 1}`);
  if (history.events?.some(({ workflowTaskStartedEventAttributes: task }) => task) !== true) {
    throw new Error(`${file} holds a workflow that no worker has taken up: there is nothing to replay`);
  }
  return history;
}
