import { describe, expect, it, onTestFinished } from 'vitest';
import { createProvider } from '../../../src/clients/flags/create-provider.ts';
import { createModeFlags } from '../../../src/clients/flags/mode-flags.ts';
import { flagsSchema } from '../../../src/config/flags-schema.ts';
import { bodyOf, sendJson, serve } from '../prometheus/local-server.ts';
import { aQuestion, flagFile } from './flag-files.ts';
import { startFlagd } from './flagd-server.ts';

function flagsBy(settings: unknown) {
  const results: string[] = [];
  const provider = createProvider(flagsSchema.parse(settings));
  const flags = createModeFlags({ provider, onEvaluation: (result) => results.push(result) });
  onTestFinished(() => flags.close());
  return { results, mode: async () => (await flags.resolveMode(aQuestion())).mode };
}

const always = (mode: string) => flagFile({ if: [true, mode] });

describe('flagd', () => {
  it('is followed, and what it said last holds while it is away', async () => {
    const flagd = await startFlagd(always('auto'));
    const { mode, results } = flagsBy({ provider: 'flagd', port: flagd.port });
    expect(await mode()).toBe('auto');
    flagd.send(always('approve'));
    await expect.poll(mode, { timeout: 25_000 }).toBe('approve');
    flagd.stop();
    expect(await mode()).toBe('approve');
    expect(new Set(results)).toEqual(new Set(['resolved']));
  });

  it('may come later: until then every plan is observed', async () => {
    const { port, stop } = await startFlagd(always('auto'));
    stop();
    const { mode, results } = flagsBy({ provider: 'flagd', port });
    expect(await mode()).toBe('observe');
    expect(results).toEqual(['failed']);
    await startFlagd(always('auto'), port);
    await expect.poll(mode, { timeout: 30_000, interval: 100 }).toBe('auto');
  }, 60_000);
});

describe('the OpenFeature Remote Evaluation Protocol', () => {
  async function ofrep(status: number, answer: unknown) {
    const asked: { method: string | undefined; url: string | undefined; token: string | undefined; body: unknown }[] =
      [];
    const server = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        const { method, url, headers } = request;
        asked.push({ method, url, token: headers['x-token'] as string | undefined, body: JSON.parse(body) as unknown });
        sendJson(response, status, answer);
      });
    });
    onTestFinished(() => server.close());
    const endpoint = { url: server.url, headers: { 'x-token': 'secret' } };
    return { asked, server, ...flagsBy({ provider: 'ofrep', endpoint }) };
  }
  const key = 'mendloop-mode';

  it('is asked with the context, as the endpoint of the settings says', async () => {
    const { mode, asked } = await ofrep(200, { key, value: 'approve', reason: 'TARGETING_MATCH', variant: 'approve' });
    expect(await mode()).toBe('approve');
    expect(asked).toEqual([
      {
        method: 'POST',
        url: '/ofrep/v1/evaluate/flags/mendloop-mode',
        token: 'secret',
        body: {
          context: {
            targetingKey: 'default/production/Deployment/order-service',
            action: 'scale',
            namespace: 'production',
            service: 'order-service',
            rule: 'order_service_cpu_throttling',
            cluster: 'default',
            severity: 'critical',
          },
        },
      },
    ]);
  });

  it.each([
    ['no such flag', 404, { key, errorCode: 'FLAG_NOT_FOUND' }, 'failed'],
    ['a bad request', 400, { key, errorCode: 'INVALID_CONTEXT', errorDetails: 'no' }, 'failed'],
    ['no credentials', 401, {}, 'failed'],
    ['a failure', 500, { errorDetails: 'down' }, 'failed'],
    ['another type', 200, { key, value: true, reason: 'STATIC', variant: 'on' }, 'failed'],
    ['no object', 200, 'auto', 'failed'],
    ['what is no mode', 200, { key, value: 'on', reason: 'STATIC', variant: 'on' }, 'unknown_variant'],
    ['that the default holds', 200, { key, reason: 'DISABLED' }, 'resolved'],
  ])('means observe where the answer is %s', async (_, status, answer, result) => {
    const { mode, results } = await ofrep(status, answer);
    expect(await mode()).toBe('observe');
    expect(results).toEqual([result]);
  });

  it('means observe where nobody answers', async () => {
    const { mode, server, results } = await ofrep(200, { key, value: 'auto' });
    expect(await mode()).toBe('auto');
    await server.close();
    expect(await mode()).toBe('observe');
    expect(results).toEqual(['resolved', 'failed']);
  });
});
