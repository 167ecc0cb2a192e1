import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createKubernetesClient } from '../../../src/clients/kubernetes/kubernetes-client.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { freePort } from '../../../src/local/process/free-port.ts';
import { serve, scratchFolder } from '../stack/scratch.ts';

const SECRET = 'hunter2-hunter2-hunter2';

interface Parts {
  readonly server?: string;
  readonly insecure?: boolean;
  readonly user?: object;
  readonly current?: string;
}

function kubeconfig({ server = 'https://127.0.0.1:9', insecure, user = { token: SECRET }, current = 'here' }: Parts) {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...(insecure && { 'insecure-skip-tls-verify': true }) } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    'current-context': current,
  });
}

async function settingsWith(text: string, more: object = {}) {
  const file = join(await scratchFolder(), 'kubeconfig');
  await writeFile(file, text);
  return configSchema.parse({ kubernetes: { kubeconfig: file, ...more } }).kubernetes;
}

async function messageOf(what: () => unknown): Promise<string> {
  try {
    await what();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was thrown');
}

describe('a kubeconfig by which nothing can be reached is told in one line, at the start', () => {
  it.each([
    ['no YAML', `token: ${SECRET}\nclusters: [`, {}, /^invalid kubeconfig \S+: expected one that can be read, found /],
    ['empty', '{}', {}, /expected a cluster for the context that is current, found no context$/],
    ['another context', kubeconfig({}), { context: 'there' }, /for the context there, found here$/],
    ['no current context', kubeconfig({ current: '' }), {}, /for the context that is current, found here$/],
    [
      'http',
      kubeconfig({ server: 'http://10.0.0.1:8080' }),
      {},
      /^invalid server http:\/\/10\.0\.0\.1:8080 in .*expected https/,
    ],
  ])('%s', async (_what, text, more, why) => {
    const settings = await settingsWith(text, more);
    const message = await messageOf(() => createKubernetesClient(settings));
    expect(message).toMatch(why);
    expect(message).not.toContain('\n');
    expect(message).not.toContain(SECRET);
  });
});

const closed = await freePort();

describe('a call that gets no answer says why', () => {
  it.each([
    ['a port that nothing listens on', { server: `https://127.0.0.1:${closed}` }, /no answer \(ECONNREFUSED\)$/],
    ['the same, by http', { server: `http://127.0.0.1:${closed}`, insecure: true }, /no answer \(ECONNREFUSED\)$/],
    ['a host that is not there', { server: 'https://nowhere.invalid' }, /no answer \((ENOTFOUND|EAI_AGAIN)\)$/],
    [
      'credentials by a program that is not there',
      { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/no/such/program' } } },
      /no credentials for the API server \(.*\/no\/such\/program/,
    ],
  ])('%s', async (_what, parts, why) => {
    const client = createKubernetesClient(await settingsWith(kubeconfig(parts)));
    const message = await messageOf(() => client.get('/version'));
    expect(message).toMatch(why);
    expect(message).not.toContain('\n');
  });

  it('a server that speaks http where https is expected', async () => {
    const url = await serve((_request, response) => response.end('{}'));
    const client = createKubernetesClient(await settingsWith(kubeconfig({ server: url.replace('http:', 'https:') })));
    expect(await messageOf(() => client.get('/version'))).toMatch(/^GET \/version: no answer \([A-Z_]+\)$/);
  });
});

it('no kubeconfig at all is no fault of the settings, and each call says so', async () => {
  for (const name of ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST']) vi.stubEnv(name, undefined);
  vi.stubEnv('HOME', await scratchFolder());
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const client = createKubernetesClient(configSchema.parse({}).kubernetes);
  expect(await messageOf(() => client.get('/version'))).toMatch(/^GET \/version: .*there is no kubeconfig: .*$/);
});

it('an API server by http is asked where the kubeconfig allows it', async () => {
  const url = await serve((_request, response) => response.end('{"gitVersion":"v1"}'));
  const client = createKubernetesClient(await settingsWith(kubeconfig({ server: url, insecure: true })));
  expect(await client.get('/version')).toEqual({ gitVersion: 'v1' });
});
