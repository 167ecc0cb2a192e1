import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anAlert } from '../support/alerts.ts';
import { codeBlocks } from '../support/documented-commands.ts';
import { ASKS_FOR_APPROVAL, type PeopleStack, startPeopleStack } from '../support/people-stack.ts';

let stack: PeopleStack;

beforeAll(async () => {
  stack = await startPeopleStack();
});

afterAll(async () => {
  await (stack as PeopleStack | undefined)?.stop();
});

/** Every request is told with its status, and a stream that would not end is cut off. */
const PRELUDE = `
set -euo pipefail
curl() {
  command curl -sS --max-time 3 -w '%{stderr}%{http_code} %{method} %{url_effective}\\n' "$@" || [[ $? -eq 28 ]]
}
`;

/** Where the page says where the API is: here it is elsewhere. */
const PLACE = /^(?:api|auth)=.*$/gm;

it.each(['docs/api.md', 'docs/approvals.md', 'docs/incidents.md'])('the requests in %s are answered', async (page) => {
  await stack.start(anAlert({ labels: { alertname: ASKS_FOR_APPROVAL, severity: 'critical', page } }));
  const requests = codeBlocks(page).filter(({ text }) => text.includes('curl'));
  expect(requests.length).toBeGreaterThan(0);
  await expect
    .poll(async () => (await (await stack.ask('/remediations?waiting=approval')).json()) as object, { timeout: 90_000 })
    .toMatchObject({ items: [{ waiting: 'approval' }] });
  const script = [
    PRELUDE,
    `api='${stack.url}/api/v1'`,
    `auth='Authorization: Bearer ${stack.token}'`,
    'id=$(curl -sH "$auth" "$api/remediations?waiting=approval&limit=1" | jq -r ".items[0].id")',
    'path=$api/remediations/$(jq -rn --arg id "$id" \'$id | @uri\')',
    ...requests.map(({ text }) => text.replaceAll(PLACE, '').replaceAll(/^.*npx mendloop.*$/gm, '')),
  ].join('\n');
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script]);
  const answers = stderr.trim().split('\n');
  expect(answers.length).toBeGreaterThanOrEqual(requests.length);
  // 409: what is asked twice of one remediation in a page; a guard that remembers nothing has nothing to reset. A stream that
  // is cut off has been answered.
  const expected = /^(?:(?:200|202|204|409) |404 POST \S*\/guards\/targets\/reset$|curl: \(28\))/;
  expect(answers.filter((answer) => !expected.test(answer))).toEqual([]);
  expect(stdout).not.toBe('');
});
