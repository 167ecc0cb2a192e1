import { cut, plainLine } from '../../domain/text/plain-text.ts';
import type { Change, View, ViewContext } from '../app/view.ts';
import { Resource } from '../net/resource.ts';
import type { GuardOverview, ListAnswer, RemediationDetail, RemediationSummary } from '../types.ts';
import { askPause, askReset } from './actions.ts';
import { Details } from './details.ts';
import { nowPage } from './now-page.ts';

/** Lists of this view hold so many; the rest is in the history. */
const IN_FLIGHT = 50;
const WAITING = 20;
const ENDED = 8;
/** Workflows that are asked what they are doing, every so often. */
const ASKED = 8;
const ASK_EVERY_MS = 4_000;
/** What happened before the events began, nothing tells of. */
const READ_EVERY_MS = 30_000;
/** Changes come in bursts: lists are read once for all of them. */
const BURST_MS = 400;

/** What happens now: in flight, waiting for people, held back by guards, paid for, and what has just ended. */
export class NowView implements View {
  readonly title = 'Now';
  readonly #context: ViewContext;
  readonly #inFlight: Resource<ListAnswer>;
  readonly #waiting: Resource<ListAnswer>;
  readonly #ended: Resource<ListAnswer>;
  readonly #guards: Resource<GuardOverview>;
  readonly #details: Details;
  #askedAt = 0;
  #readAt = 0;
  #burst: ReturnType<typeof setTimeout> | undefined;
  /** How often everything was asked for anew, or held. */
  #turns = 0;

  constructor(context: ViewContext) {
    this.#context = context;
    const { client, changed } = context;
    const list = (query: string) =>
      new Resource<ListAnswer>((signal) => client.get(`/remediations?${query}`, signal), changed);
    this.#waiting = list(`state=running&waiting=approval&limit=${WAITING}`);
    this.#inFlight = list(`state=running&limit=${IN_FLIGHT}`);
    this.#ended = list(`state=closed&limit=${ENDED}`);
    this.#guards = new Resource((signal) => client.get<GuardOverview>('/guards', signal), changed);
    this.#details = new Details(context);
  }

  render(now: number) {
    const details = (id: string): RemediationDetail | undefined => this.#details.get(id);
    return nowPage({
      ...{ now, me: this.#context.me(), details },
      ...{ inFlight: this.#inFlight, waiting: this.#waiting, ended: this.#ended, guards: this.#guards },
      onPause: (pause) => {
        askPause(this.#context, pause);
      },
      onReset: (target) => {
        askReset(this.#context, target);
      },
    });
  }

  refresh(): void {
    this.#readAt = Date.now();
    const turn = (this.#turns += 1);
    void this.#guards.load();
    void this.#ended.load();
    void Promise.all([this.#waiting.load(), this.#inFlight.load()]).then(() => {
      if (turn === this.#turns) this.#askDetails();
    });
  }

  onChange({ event, data }: Change): void {
    switch (event) {
      case 'guards':
        this.#guards.set(data as GuardOverview);
        break;
      case 'remediation':
        this.#tell(data as RemediationSummary);
        this.#burst ??= setTimeout(() => {
          this.#burst = undefined;
          this.refresh();
        }, BURST_MS);
        break;
      case 'reset':
      case 'poll':
        this.refresh();
        break;
    }
  }

  onTick(now: number): void {
    if (now - this.#readAt >= READ_EVERY_MS) this.refresh();
    else if (now - this.#askedAt >= ASK_EVERY_MS) this.#askDetails();
  }

  onHold(): void {
    this.#turns += 1;
    this.#endBurst();
    for (const part of this.#parts) part.drop();
  }

  dispose(): void {
    this.#endBurst();
    for (const part of this.#parts) part.dispose();
  }

  get #parts() {
    return [this.#inFlight, this.#waiting, this.#ended, this.#guards, this.#details];
  }

  #endBurst(): void {
    clearTimeout(this.#burst);
    this.#burst = undefined;
  }

  #askDetails(): void {
    this.#askedAt = Date.now();
    const waiting = this.#waiting.value?.items ?? [];
    const others = this.#inFlight.value?.items.filter(({ waiting: what }) => what === undefined) ?? [];
    this.#details.ask([...waiting.slice(0, ASKED), ...others.slice(0, ASKED)].map(({ id }) => id));
  }

  /** Only what a human may have to do something about; a burst of the rest would never end. */
  #tell({ alert, waiting, state }: RemediationSummary): void {
    const name = cut(plainLine(alert), 80);
    if (state === 'running' && waiting === 'approval') this.#context.announce(`${name} waits for approval.`);
  }
}
