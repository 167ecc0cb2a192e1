import { defined } from '../../domain/defined.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

interface List<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly T[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly isLast: boolean;
}

/** Objects a page: large clusters have tens of thousands, and one answer must not hold them all. */
const PAGE = 500;

/** A list, page by page. */
export async function* readPages<T>(
  kubernetes: KubernetesClient,
  path: string,
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<Page<T>> {
  let next: string | undefined;
  do {
    const { metadata, items } = await kubernetes.get<List<T>>(path, {
      ...query,
      limit: String(PAGE),
      ...defined({ continue: next }),
    });
    next = metadata?.continue || undefined;
    yield { items, isLast: next === undefined };
  } while (next !== undefined);
}

/** The objects of a list, page by page. */
export async function* listPages<T>(...list: Parameters<typeof readPages>): AsyncGenerator<readonly T[]> {
  for await (const { items } of readPages<T>(...list)) yield items;
}
