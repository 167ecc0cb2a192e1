import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { remediationListSchema } from '../../../src/api/remediations/remediation-filter.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { startPeopleApi } from './people-harness.ts';

const text = readFileSync(join(packageRoot(), 'docs', 'api.md'), 'utf8');
const section = (title: string) => text.split(/^#+ /m).find((part) => part.startsWith(title)) ?? '';

it('docs/api.md names every parameter of the list', () => {
  const named = new Set([...section('The list').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(Object.keys(remediationListSchema.shape).filter((key) => !named.has(key))).toEqual([]);
});

it('docs/api.md names routes that there are', async () => {
  const api = await startPeopleApi();
  const routes = [
    ...section('Routes').matchAll(/`(GET|POST) (\/(?!approvals|reports|webhooks|healthz|readyz|metrics)[\w/{}]+)`/g),
  ];
  expect(routes.length).toBeGreaterThan(8);
  for (const [, method = '', path = ''] of routes) {
    // A method that no path takes is answered with 405 where there is one, and with 404 where there is none.
    const { status, headers } = await api.ask(path.replace('{id}', 'remediation%2FA%2F0123456789abcdef%2F1'), {
      method: 'PATCH',
    });
    expect([path, status, headers.get('allow')?.split(', ')[0]]).toEqual([path, 405, method]);
  }
});
