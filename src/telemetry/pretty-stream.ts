import type { DestinationStream } from 'pino';

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg?: string;
  readonly err?: { readonly name?: string; readonly message?: string };
}

/** Control characters other than the line's end would let a label write on the reader's terminal. */
const control = /[\p{Cc}\p{Cf}]+/gu;

/** Turns JSON lines into `12:00:01.123 INFO  message key=value`. */
export function prettyStream(out: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      const { level, time, msg = '', err, ...fields } = JSON.parse(line) as LogLine & Record<string, unknown>;
      const pairs = Object.entries(fields).map(
        ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      );
      if (err?.message !== undefined && err.message !== msg) pairs.push(`error="${err.name}: ${err.message}"`);
      const text = [`${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${msg}`, ...pairs].join(' ');
      out.write(`${text.replace(control, ' ')}\n`);
    },
  };
}
