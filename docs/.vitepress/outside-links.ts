import type { MarkdownRenderer } from 'vitepress';

/**
 * Links from a page to the project's other files (`../policy`), which the site does not have: to the repository, if its
 * address is known, as `https://.../blob/main`; else their text alone.
 */
export function outsideLinks(markdown: MarkdownRenderer, repository: string | undefined): void {
  markdown.core.ruler.push('outside-links', (state) => {
    for (const { children } of state.tokens) {
      let closes = 0;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const path = outside(token.attrGet('href') ?? '', state.env as { readonly relativePath?: string });
          if (path === undefined) continue;
          if (repository === undefined) {
            token.type = 'text';
            token.content = '';
            closes += 1;
          } else {
            token.attrSet('href', `${repository}/${path}`);
          }
        } else if (token.type === 'link_close' && closes > 0) {
          token.type = 'text';
          token.content = '';
          closes -= 1;
        }
      }
    }
  });
}

/** The path from the project's root; undefined for what is within the site, or elsewhere altogether. */
function outside(href: string, { relativePath = '' }: { readonly relativePath?: string }): string | undefined {
  if (/^([a-z]+:|#|\/)/i.test(href)) return undefined;
  const { pathname, hash } = new URL(href, `file:///docs/${relativePath}`);
  return pathname.startsWith('/docs/') ? undefined : `${pathname.slice(1)}${hash}`;
}
