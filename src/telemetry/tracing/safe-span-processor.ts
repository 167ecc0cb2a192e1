import type { Attributes, AttributeValue, Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isSecretKey, REDACTED, redactText } from '../../domain/text/redact.ts';

/** UTF-16 code units of one value; a label of 100 kB must not travel with every span. */
const MAX_TEXT = 1024;

/** Of a failure only what it is: frames name files of this machine, and say nothing that the type does not. */
const DROPPED = new Set(['exception.stacktrace']);

/** Takes secrets out of finished spans of every instrumentation before they are handed on. */
export class SafeSpanProcessor implements SpanProcessor {
  readonly #next: SpanProcessor;

  constructor(next: SpanProcessor) {
    this.#next = next;
  }

  onStart(span: Span, parent: Context): void {
    this.#next.onStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    makeSafe(span.attributes);
    for (const { attributes } of [...span.events, ...span.links]) makeSafe(attributes ?? {});
    if (span.status.message !== undefined) span.status.message = safeText(span.status.message);
    this.#next.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#next.shutdown();
  }
}

/** In place: the span has ended, and only the exporter reads it after this. */
function makeSafe(attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    attributes[key] = DROPPED.has(key) ? undefined : isSecretKey(key) ? REDACTED : safeValue(value);
  }
}

function safeValue(value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value === 'string') return safeText(value);
  if (!Array.isArray(value)) return value;
  return value.map((item) => (typeof item === 'string' ? safeText(item) : item)) as AttributeValue;
}

/** Cut before redacting: the patterns accept a secret that is cut off. */
function safeText(text: string): string {
  return text.length <= MAX_TEXT ? redactText(text) : `${redactText(text.slice(0, MAX_TEXT))}…`;
}
