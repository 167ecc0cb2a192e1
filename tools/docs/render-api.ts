import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../src/api/openapi/document.ts';
import { ROUTES } from '../../src/api/openapi/routes.ts';

const BEGIN = '<!-- routes: made from the code by tools/docs/generate.ts -->';
const END = '<!-- /routes -->';

/** docs/openapi.json. */
export function renderOpenApi(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return JSON.stringify(openApiDocument(version), null, 2);
}

/** docs/api.md as it is, with its table of routes as the code has them. */
export function renderApi(root: string): string {
  const page = readFileSync(join(root, 'docs', 'api.md'), 'utf8');
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined) throw new Error(`docs/api.md has no ${BEGIN} ... ${END}`);
  const rows = ROUTES.map(
    ({ method, path, summary, role }) =>
      `| \`${method.toUpperCase()} ${path}\` | ${summary} | ${ROLES[role] ?? role} |`,
  );
  const table = ['| route | what | role |', '| --- | --- | --- |', ...rows].join('\n');
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

const ROLES: Readonly<Partial<Record<(typeof ROUTES)[number]['role'], string>>> = {
  operator: '`operator`',
  link: 'the link itself',
  open: 'none',
  webhook: 'its own token',
};
