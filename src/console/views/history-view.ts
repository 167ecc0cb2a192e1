import type { Change, View, ViewContext } from '../app/view.ts';
import { Resource } from '../net/resource.ts';
import { filterPairs, type HistoryFilter, historyHref, NO_FILTER } from '../route.ts';
import type { ListAnswer } from '../types.ts';
import { historyPage } from './history-page.ts';

const PAGE = 25;
const HOUR_MS = 3_600_000;

/** What was done, page by page. It does not move by itself: what is new is counted, and shown when asked for. */
export class HistoryView implements View {
  readonly title = 'History';
  readonly #context: ViewContext;
  readonly #filter: HistoryFilter;
  readonly #page: Resource<ListAnswer>;
  /** Tokens of the pages up to this one; the first has none. */
  #tokens: (string | undefined)[] = [undefined];
  /** Of the page that is shown, while another is being read. */
  #number = 1;
  #total: number | undefined;
  #changes = new Set<string>();
  #isTurning = false;

  constructor(context: ViewContext, filter: HistoryFilter) {
    this.#context = context;
    this.#filter = filter;
    this.#page = new Resource(
      (signal) => this.#read(signal),
      () => {
        this.#tell();
        context.changed();
      },
    );
  }

  render(now: number) {
    return historyPage({
      ...{ now, filter: this.#filter, page: this.#page, isTurning: this.#isTurning },
      ...{ number: this.#number, size: PAGE, total: this.#total, changes: this.#changes.size },
      onFilter: (form) => {
        this.#context.go(historyHref(filterOf(form)));
      },
      onShowNew: () => {
        this.refresh();
        this.#context.announce('The newest are shown.');
      },
      onNext: () => {
        const token = this.#page.value?.nextPageToken;
        if (token !== undefined) void this.#turn([...this.#tokens, token]);
      },
      onPrevious: () => {
        if (this.#tokens.length > 1) void this.#turn(this.#tokens.slice(0, -1));
      },
    });
  }

  refresh(): void {
    this.#changes.clear();
    this.#tokens = [undefined];
    this.#number = 1;
    void this.#page.load();
  }

  onChange({ event, data }: Change): void {
    if (event === 'remediation') this.#changes.add((data as { id: string }).id);
    if (event === 'reset') this.#changes.add('');
  }

  onTick(): void {
    // Nothing moves by itself here.
  }

  onHold(): void {
    // What was asked for here was asked for by the reader.
  }

  dispose(): void {
    this.#page.dispose();
  }

  /** How many there are, once they have been counted. */
  #tell(): void {
    const { value } = this.#page;
    if (value?.total === undefined || this.#tokens.length > 1) return;
    this.#context.announce(value.total === 1 ? '1 remediation.' : `${value.total} remediations.`);
  }

  async #turn(tokens: (string | undefined)[]): Promise<void> {
    if (this.#isTurning) return;
    const before = this.#tokens;
    this.#tokens = tokens;
    this.#isTurning = true;
    await this.#page.load();
    this.#isTurning = false;
    if (this.#page.problem === undefined) {
      this.#number = tokens.length;
      this.#context.announce(`Page ${tokens.length}.`);
    } else this.#tokens = before;
    this.#context.changed();
  }

  async #read(signal: AbortSignal): Promise<ListAnswer> {
    const { since, ...rest } = this.#filter;
    const query = new URLSearchParams(filterPairs({ ...rest, since: '' }));
    query.set('limit', String(PAGE));
    const hours = Number(since);
    if (since !== '' && hours > 0) query.set('since', new Date(Date.now() - hours * HOUR_MS).toISOString());
    const token = this.#tokens.at(-1);
    if (token !== undefined) query.set('pageToken', token);
    const answer = await this.#context.client.get<ListAnswer>(`/remediations?${query.toString()}`, signal);
    this.#total = answer.total ?? this.#total;
    return answer;
  }
}

function filterOf(form: FormData): HistoryFilter {
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    ...NO_FILTER,
    ...{ q: text('q'), rule: text('rule'), action: text('action') },
    ...{ mode: text('mode'), service: text('service'), since: text('since') },
    outcome: form.getAll('outcome').filter((value) => typeof value === 'string'),
  };
}
