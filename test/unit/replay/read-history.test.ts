import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../../src/cli/replay/read-history.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');
const payload = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});
const none = { metadata: { encoding: base64('binary/null') } };
const binary = { metadata: { encoding: base64('binary/protobuf') }, data: base64('xyz') };

/** Every kind of place in which a payload stands; `write` gives it in the form of one program. */
function eventsWith(write: (whole: object) => unknown, list = (payloads: unknown[]): unknown => ({ payloads })) {
  const event = (eventId: number, kind: string, attributes: object) => ({
    eventId: String(eventId),
    eventTime: '2026-01-01T00:00:00.000000001Z',
    eventType: `EVENT_TYPE_${kind.replaceAll(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    [`${kind.charAt(0).toLowerCase()}${kind.slice(1)}EventAttributes`]: attributes,
  });
  return [
    event(1, 'WorkflowExecutionStarted', {
      workflowType: { name: 'remediation' },
      taskQueue: { name: 'q', kind: 'TASK_QUEUE_KIND_NORMAL' },
      input: list([write(payload({ alert: { labels: { a: 'ü' } } })), write(none)]),
      memo: { fields: { note: write(payload('x')) } },
      searchAttributes: { indexedFields: { Rule: write(payload(['a'])) } },
      header: { fields: { trace: write(payload({ id: 1 })), raw: write(binary) } },
    }),
    event(2, 'WorkflowTaskScheduled', { taskQueue: { name: 'q', kind: 'TASK_QUEUE_KIND_NORMAL' } }),
    event(3, 'WorkflowTaskStarted', { scheduledEventId: '2' }),
    event(4, 'WorkflowTaskCompleted', { scheduledEventId: '2', startedEventId: '3' }),
    event(5, 'MarkerRecorded', { markerName: 'core_local_activity', details: { result: list([write(payload(7))]) } }),
    event(6, 'WorkflowExecutionFailed', {
      failure: { message: 'no', encodedAttributes: write(payload({ message: 'yes' })), applicationFailureInfo: {} },
    }),
  ];
}

const whole = () => eventsWith((each) => each);
/** As `decode-payload.ts` of the Web UI does. */
const decoded = () =>
  eventsWith((each) => {
    const { metadata, data = '' } = each as { metadata: { encoding: string }; data?: string };
    const encoding = atob(metadata.encoding);
    if (encoding === 'binary/null') return null;
    if (encoding.startsWith('json/')) return JSON.parse(Buffer.from(data, 'base64').toString()) as unknown;
    return { ...each, metadata: { ...metadata, encodingDecoded: encoding } };
  });
const shorthand = () =>
  eventsWith(
    (each) => (each === none ? null : each === binary ? each : JSON.parse(atobText(each))),
    (payloads) => payloads,
  );
const atobText = (each: object) => Buffer.from((each as { data: string }).data, 'base64').toString();

async function fileWith(content: unknown): Promise<string> {
  const file = join(folder, `${Math.random()}.json`);
  await writeFile(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

/** Names of fields, not the keys of maps. */
function inSnakeCase(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => inSnakeCase(each));
  if (typeof value !== 'object' || value === null) return value;
  const isMap = ['fields', 'indexedFields', 'metadata', 'details'].includes(parent);
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      isMap ? key : key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(child, key),
    ]),
  );
}

const olderName = (event: { eventType: string }) => ({
  ...event,
  eventType: event.eventType
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
});

describe('a downloaded history', () => {
  it.each<[string, unknown]>([
    ['from the Web UI, or the command of Temporal', { events: whole() }],
    ['from the Web UI with its events decoded', { events: decoded() }],
    ['from the API of the Web UI', { history: { events: whole() }, nextPageToken: null, rawHistory: [] }],
    ['from the HTTP API of Temporal', { history: { events: shorthand() }, nextPageToken: '' }],
    ['as a list of events', whole()],
    [
      'from the HTTP API by a program that keeps the names of the protocol',
      { history: inSnakeCase({ events: whole() }) },
    ],
    ['with the mark of its encoding', `\uFEFF${JSON.stringify({ events: whole() })}`],
    ['as a shell of Windows writes it', Buffer.from(`\uFEFF${JSON.stringify({ events: whole() })}`, 'utf16le')],
    ['compressed', gzipSync(JSON.stringify({ events: whole() }))],
    ['with numbers for what JSON has as texts', whole().map((event) => ({ ...event, eventId: Number(event.eventId) }))],
    ['with events named as older versions named them', { events: whole().map(olderName) }],
  ])('is read %s', async (_, content) => {
    const expected = await readHistory(await fileWith({ events: whole() }));
    expect(expected.events).toHaveLength(6);
    expect(await readHistory(await fileWith(content))).toEqual(expected);
  });

  it.each<[string, unknown, RegExp]>([
    ['empty', ' \n', /is empty: download it from/],
    ['cut off', JSON.stringify({ events: whole() }).slice(0, -9), /is not JSON/],
    ['cut off while it was compressed', gzipSync(JSON.stringify({ events: whole() })).subarray(0, -9), /is not JSON/],
    ['without one of its events', { events: whole().filter((_, index) => index !== 3) }, /lacks event 4/],
    [
      'the first page, by the names of the protocol',
      { history: { events: whole() }, next_page_token: 'abc' },
      /first page/,
    ],
    ['no JSON', 'events: []', /is not JSON: download it from/],
    ['another object', { alert: {} }, /is no history of a workflow, which has events/],
    ['a null', 'null', /is no history of a workflow/],
    ['no events', { events: [] }, /is no history of a workflow/],
    ['events of another kind', { events: [{ name: 'x' }] }, /has an event that cannot be read/],
    ['a later part of a history', { events: whole().slice(1) }, /does not begin with the start of a workflow/],
    ['the first page', { history: { events: whole() }, nextPageToken: 'abc' }, /only the first page/],
    ['what was never taken up', { events: whole().slice(0, 2) }, /no worker has taken up/],
  ])('is refused in one line where it is %s', async (_, content, message) => {
    const file = await fileWith(content);
    await expect(readHistory(file)).rejects.toThrow(message);
    await expect(readHistory(file)).rejects.toThrow(file);
  });
});

describe('mendloop replay', () => {
  it.each([
    ['a file in another shape', { alert: {} }],
    ['a history of another workflow', { events: whole() }],
  ])('ends with a code after an error: %s', async (_, content) => {
    const file = await fileWith(content);
    const program = join(packageRoot(), 'bin', 'mendloop.js');
    const failed = promisify(execFile)(process.execPath, [program, 'replay', file], { timeout: 25_000 });
    await expect(failed).rejects.toMatchObject({ code: 1, killed: false });
  });
});
