import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Config } from '../config/schema.ts';
import { REDACTED } from '../domain/text/redact.ts';
import { logContext } from './log-context.ts';
import { errorMessage, logSafe, logSafeFields, logSafeText } from './log-safe.ts';
import { prettyStream } from './pretty-stream.ts';

export type { Logger } from 'pino';

/** Bindings of child loggers pass no formatter: their secrets are found by these paths. */
const secretKeys = ['authorization', 'token', 'password', 'secret', 'apiKey', 'cookie'];
const bindingPaths = secretKeys.flatMap((key) => [key, `*.${key}`]);

export interface LoggerOptions {
  /** Lines for a person on standard error, instead of JSON on standard output. */
  readonly pretty?: boolean;
  /** Takes the JSON lines, instead of standard output. */
  readonly destination?: DestinationStream;
  /** Takes the JSON lines as well. */
  readonly copy?: DestinationStream | undefined;
}

/**
 * A logger that writes JSON lines with level names, RFC 3339 times, the trace and the workflow that they belong to.
 * Messages, fields at any depth and errors are redacted and bounded before they are written.
 */
export function createLogger(settings: Config['log'], options: LoggerOptions = {}): Logger {
  const pretty = options.pretty === true ? prettyStream(process.stderr) : undefined;
  const destination = options.destination ?? pretty ?? pino.destination({ dest: 1, sync: true });
  return pino(
    {
      level: settings.level,
      timestamp: stdTimeFunctions.isoTime,
      base: null,
      mixin: logContext,
      formatters: { level: (label) => ({ level: label }), log: logSafeFields },
      // The formatter has reduced errors already; pino's own serializer would take the result for an error again.
      serializers: { err: (error: unknown) => error },
      redact: { paths: bindingPaths, censor: REDACTED },
      hooks: {
        logMethod(args, method) {
          method.apply(this, safeArguments(args));
        },
      },
    },
    options.copy === undefined ? destination : both(destination, options.copy),
  );
}

function both(first: DestinationStream, second: DestinationStream): DestinationStream {
  return {
    write(line) {
      first.write(line);
      second.write(line);
    },
  };
}

/** pino takes the message from an error where none is given, past every formatter. */
function safeArguments(args: readonly unknown[]): Parameters<Logger['info']> {
  const [first, ...rest] = args;
  const texts = rest.map((value) => logSafe(value));
  if (typeof first === 'string') return [logSafeText(first), ...texts] as Parameters<Logger['info']>;
  const error = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err;
  const fields = first instanceof Error ? { err: first } : first;
  const message = texts.length > 0 || !(error instanceof Error) ? texts : [logSafeText(errorMessage(error))];
  return [fields, ...message] as unknown as Parameters<Logger['info']>;
}
