/** What a list of the past is narrowed by, as it stands in the address and in the form. */
export interface HistoryFilter {
  readonly q: string;
  readonly outcome: readonly string[];
  readonly rule: string;
  readonly action: string;
  readonly mode: string;
  readonly service: string;
  /** Hours back from now; empty: from the beginning. */
  readonly since: string;
}

export type Route =
  | { readonly view: 'now' }
  | { readonly view: 'history'; readonly filter: HistoryFilter }
  | { readonly view: 'unhandled' }
  | { readonly view: 'remediation'; readonly id: string }
  | { readonly view: 'missing' };

export const NO_FILTER: HistoryFilter = { q: '', outcome: [], rule: '', action: '', mode: '', service: '', since: '' };

const TEXT_KEYS = ['q', 'rule', 'action', 'mode', 'service', 'since'] as const;

/** The route that an address's fragment stands for: `#/history?outcome=escalated`. */
export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#/, '').split('?', 2);
  if (path === '' || path === '/') return { view: 'now' };
  if (path === '/unhandled') return { view: 'unhandled' };
  if (path === '/history') return { view: 'history', filter: filterOf(new URLSearchParams(query)) };
  const [, id] = /^\/remediations\/([^/]+)$/.exec(path) ?? [];
  const decoded = id === undefined ? undefined : decode(id);
  return decoded === undefined ? { view: 'missing' } : { view: 'remediation', id: decoded };
}

export function remediationHref(id: string): string {
  return `#/remediations/${encodeURIComponent(id)}`;
}

export function historyHref(filter: Partial<HistoryFilter>): string {
  const query = new URLSearchParams(filterPairs({ ...NO_FILTER, ...filter })).toString();
  return query === '' ? '#/history' : `#/history?${query}`;
}

/** The filter as pairs of names and values, without what is empty. */
export function filterPairs(filter: HistoryFilter): [string, string][] {
  return [
    ...TEXT_KEYS.flatMap((key): [string, string][] => (filter[key] === '' ? [] : [[key, filter[key]]])),
    ...filter.outcome.map((outcome): [string, string] => ['outcome', outcome]),
  ];
}

function filterOf(query: URLSearchParams): HistoryFilter {
  const texts = Object.fromEntries(TEXT_KEYS.map((key) => [key, query.get(key) ?? '']));
  return { ...NO_FILTER, ...texts, outcome: query.getAll('outcome') };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
