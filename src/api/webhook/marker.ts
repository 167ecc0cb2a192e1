import type { Alert } from '../../domain/alert/alert.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { IncidentStore } from '../../store/incidents/incident-store.ts';
import type { RemediationStarter } from './remediation-starter.ts';

export interface Mark {
  readonly remediationId: string;
  readonly what: 'started' | 'endTold';
  readonly alert: Alert;
}

export interface MarkerParts {
  readonly incidents: Pick<IncidentStore, 'mark'>;
  readonly starter: Pick<RemediationStarter, 'resolve'>;
  readonly logger: Logger;
}

/** Marks of one statement. */
const MAX_MARKS = 1000;

/** Marks that are written at once; fewer wait a while, because what is being started has the processor first. */
const MANY = 200;
const WAIT_MS = 1000;

/**
 * Remembers in the background what need not be tried again. A mark that is lost costs one call more: its start, or its
 * end, is tried again by the next delivery. An end that came while its workflow was being started is told after it.
 */
export class Marker {
  readonly #parts: MarkerParts;
  #waiting: Mark[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing = Promise.resolve();

  constructor(parts: MarkerParts) {
    this.#parts = parts;
  }

  add(mark: Mark): void {
    this.#waiting.push(mark);
    if (this.#waiting.length >= MANY) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), WAIT_MS).unref();
  }

  /** Settles when every mark is written, or lost. */
  async drain(): Promise<void> {
    this.#flush();
    await this.#writing;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, MAX_MARKS));
    });
  }

  async #write(marks: readonly Mark[]): Promise<void> {
    const { incidents, starter, logger } = this.#parts;
    const idsOf = (what: Mark['what']) => marks.filter((mark) => mark.what === what).map((mark) => mark.remediationId);
    try {
      const owed = await incidents.mark({ started: idsOf('started'), endTold: idsOf('endTold') });
      const endTold: string[] = [];
      for (const { remediationId, endHeardAt } of owed) {
        const alert = marks.find((mark) => mark.remediationId === remediationId)?.alert;
        if (alert === undefined) continue;
        const endsAt = new Date(endHeardAt).toISOString();
        const answer = await starter.resolve({ remediationId, alert: { ...alert, status: 'resolved', endsAt } });
        if (answer !== 'unknown') endTold.push(remediationId);
      }
      if (endTold.length > 0) await incidents.mark({ started: [], endTold });
    } catch (error) {
      logger.debug({ err: error, marks: marks.length }, 'marks are lost');
    }
  }
}
