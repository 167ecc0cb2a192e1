import { defined } from '../../domain/defined.ts';
import type { KubernetesClient } from './kubernetes-client.ts';

interface Page<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly T[];
}

/** Objects a page: large clusters have tens of thousands, and one answer must not hold them all. */
const PAGE = 500;

/** The objects of a list, page by page. */
export async function* listPages<T>(
  kubernetes: KubernetesClient,
  path: string,
  query: Readonly<Record<string, string>> = {},
): AsyncGenerator<readonly T[]> {
  let next: string | undefined;
  do {
    const page: Page<T> = await kubernetes.get<Page<T>>(path, {
      ...query,
      limit: String(PAGE),
      ...defined({ continue: next }),
    });
    yield page.items;
    next = page.metadata?.continue;
  } while (next !== undefined && next !== '');
}
