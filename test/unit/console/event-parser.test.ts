import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventParser } from '../../../src/console/net/event-parser.ts';

const STREAM =
  'retry: 2000\n\nid: a-1\nevent: hello\ndata: {}\n\n:\n\nevent: remediation\r\ndata: {"alert":"x: y"}\r\n\r\n' +
  'id: a-2\ndata: one\ndata: two\n\nevent: nothing\n\n';

const EVENTS = [
  { event: 'hello', data: '{}' },
  { event: 'remediation', data: '{"alert":"x: y"}' },
  { event: 'message', data: 'one\ntwo' },
];

it('reads events as the standard has them: comments, retry, IDs, several lines', () => {
  const parser = new EventParser();
  expect(parser.push(STREAM)).toEqual(EVENTS);
  expect(parser).toMatchObject({ lastId: 'a-2', retryMs: 2000 });
});

it('reads the same however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 }), (sizes) => {
      const parser = new EventParser();
      const events = [];
      let rest = STREAM;
      for (const size of sizes) {
        events.push(...parser.push(rest.slice(0, size)));
        rest = rest.slice(size);
      }
      events.push(...parser.push(rest));
      expect(events).toEqual(EVENTS);
    }),
  );
});

it('says nothing of an event that has not ended', () => {
  expect(new EventParser().push('event: remediation\ndata: {}\n')).toEqual([]);
});
