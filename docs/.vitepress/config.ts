import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { outsideLinks } from './outside-links.ts';
import { PAGES } from './pages.ts';

const docs = new URL('..', import.meta.url);

/** The first heading. */
const titleOf = (page: string) => /^# (.+)$/m.exec(readFileSync(new URL(`${page}.md`, docs), 'utf8'))?.[1] ?? page;

const item = (page: string) => ({ text: titleOf(page).replaceAll('`', ''), link: `/${page}` });

const decisions = readdirSync(new URL('decisions', docs))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `decisions/${name.slice(0, -'.md'.length)}`)
  .toSorted();

export default defineConfig({
  title: 'Mendloop',
  description: 'Durable, verified, reversible remediations on Kubernetes',
  outDir: '../dist/site',
  cacheDir: '../dist/site-cache',
  cleanUrls: true,
  srcExclude: ['node_modules/**'],
  // A link to a page that is not there fails the build; what is outside of this folder is checked by a test of the links.
  ignoreDeadLinks: false,
  markdown: { config: (markdown) => markdown.use(outsideLinks, process.env['MENDLOOP_REPOSITORY']) },
  themeConfig: {
    // In the browser, from an index that is built with the site: nothing is asked of anybody else.
    search: { provider: 'local' },
    outline: [2, 3],
    sidebar: [
      ...Object.entries(PAGES).map(([text, pages]) => ({ text, items: pages.map(item) })),
      { text: 'Decisions', collapsed: true, items: decisions.map(item) },
    ],
  },
});
