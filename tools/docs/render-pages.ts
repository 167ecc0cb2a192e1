import { format, resolveConfig } from 'prettier';
import { join } from 'node:path';
import { renderActions } from './render-actions.ts';
import { renderCli } from './render-cli.ts';
import { renderApi, renderOpenApi } from './render-api.ts';
import { renderErrors } from './render-errors.ts';
import { renderEvents } from './render-events.ts';
import { renderMetrics } from './render-metrics.ts';
import { renderSettings } from './render-settings.ts';
import { renderValues } from './render-values.ts';

/** The text of each page that comes from the code, by its path in the project, as the house formats it. */
export async function renderPages(root: string): Promise<Readonly<Record<string, string>>> {
  const pages = {
    'docs/cli.md': await renderCli(),
    'docs/settings.md': renderSettings(root),
    ...renderActions(),
    'docs/values.md': renderValues(root),
    'docs/errors.md': renderErrors(),
    'docs/api.md': renderApi(root),
    'docs/openapi.json': renderOpenApi(root),
    'docs/metrics.md': renderMetrics(),
    'docs/events.md': renderEvents(),
  };
  const formatted = Object.entries(pages).map(async ([page, text]) => {
    // Nobody edits it by hand, and it is long.
    if (page.endsWith('.json')) return [page, `${text}\n`] as const;
    const options = await resolveConfig(join(root, page));
    return [page, await format(text, { ...options, parser: 'markdown' })] as const;
  });
  return Object.fromEntries(await Promise.all(formatted));
}
