import { cut, plainLine } from '../../domain/text/plain-text.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import type { Change, View, ViewContext } from '../app/view.ts';
import { Resource } from '../net/resource.ts';
import type { RemediationDetail, RemediationSummary } from '../types.ts';
import { stateLabel } from '../words/labels.ts';
import { askUndo, askVote } from './actions.ts';
import { remediationPage } from './remediation-page.ts';

/** Steps in which nothing happens for long unless an event tells of it. */
const CALM: readonly Step[] = [Step.AwaitingApproval, Step.Watching, Step.Leasing, Step.Joined, Step.Admitting];
const BUSY_MS = 1_500;
const CALM_MS = 10_000;

/** One remediation, from its alert to its end. */
export class RemediationView implements View {
  readonly #context: ViewContext;
  readonly #id: string;
  readonly #detail: Resource<RemediationDetail>;
  #readAt = 0;
  #told: string | undefined;

  constructor(context: ViewContext, id: string) {
    this.#context = context;
    this.#id = id;
    const path = `/remediations/${encodeURIComponent(id)}`;
    this.#detail = new Resource(
      async (signal) => this.#keepStatus(await context.client.get<RemediationDetail>(path, signal)),
      () => {
        this.#tell();
        context.changed();
      },
    );
  }

  get title(): string {
    return cut(plainLine(this.#detail.value?.remediation.alert ?? 'Remediation'), 120);
  }

  render(now: number) {
    const { value, problem } = this.#detail;
    return remediationPage({
      ...{ now, id: this.#id, detail: value, problem, me: this.#context.me() },
      onVote: (approve) => {
        if (value !== undefined) askVote(this.#context, value, approve);
      },
      onUndo: () => {
        if (value !== undefined) askUndo(this.#context, value);
      },
    });
  }

  refresh(): void {
    this.#readAt = Date.now();
    void this.#detail.load();
  }

  onChange({ event, data }: Change): void {
    const isOurs = event === 'remediation' && (data as RemediationSummary).id === this.#id;
    if (isOurs || event === 'reset' || event === 'poll') this.refresh();
  }

  onTick(now: number): void {
    const { remediation, status } = this.#detail.value ?? {};
    if (remediation?.state === 'closed') return;
    const every = status !== undefined && CALM.includes(status.step) ? CALM_MS : BUSY_MS;
    if (now - this.#readAt >= every) this.refresh();
  }

  onHold(): void {
    this.#detail.drop();
  }

  dispose(): void {
    this.#detail.dispose();
  }

  /** One that does not answer for a moment is where it was: what is shown, and what has the focus, does not go away. */
  #keepStatus(next: RemediationDetail): RemediationDetail {
    const before = this.#detail.value;
    const isSame = before?.remediation.runId === next.remediation.runId;
    const status = next.status ?? (isSame ? before.status : undefined);
    return status === undefined ? next : { ...next, status };
  }

  /** Reads out where it stands whenever that is something else. */
  #tell(): void {
    const detail = this.#detail.value;
    if (detail === undefined) return;
    const words = cut(plainLine(`${stateLabel(detail.remediation).text}. ${detail.status?.summary ?? ''}`), 240);
    if (this.#told !== undefined && this.#told !== words) this.#context.announce(words);
    this.#told = words;
  }
}
