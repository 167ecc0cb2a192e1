import { rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOOP_PROVIDER, type Provider } from '@openfeature/server-sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createModeFlags } from '../../../src/clients/flags/mode-flags.ts';
import { Mode, modes } from '../../../src/domain/decision/mode.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { anAlert } from '../../support/alerts.ts';
import { aQuestion, flagFile, share, someFlags } from './flag-files.ts';

const rule = 'order_service_cpu_throttling';

describe('the mode that holds', () => {
  it.each(modes.flatMap((policy) => modes.map((flag) => [policy, flag] as const)))(
    'is the lesser of %s by policy and %s by the flag',
    async (policy, flag) => {
      const { flags } = await someFlags(flagFile({ if: [true, flag] }));
      const lesser = modes.find((mode) => mode === policy || mode === flag);
      const source = lesser === policy ? 'policy' : 'flag mendloop-mode';
      expect(await flags.resolveMode(aQuestion({ mode: policy }))).toEqual({ mode: lesser, source });
    },
  );

  it.each([
    ['action', 'scale'],
    ['namespace', 'production'],
    ['service', 'order-service'],
    ['rule', rule],
    ['cluster', 'default'],
    ['severity', 'critical'],
    ['targetingKey', 'default/production/Deployment/order-service'],
  ])('may depend on %s', async (key, value) => {
    const { mode } = await someFlags(flagFile({ if: [{ '===': [{ var: key }, value] }, 'auto'] }));
    expect(await mode()).toBe('auto');
    const other = await someFlags(flagFile({ if: [{ '===': [{ var: key }, `${value}!`] }, 'auto'] }));
    expect(await other.mode()).toBe('observe');
  });

  it('knows no label but those, and takes one that the alert lacks for empty', async () => {
    const { mode } = await someFlags(flagFile({ if: [{ '===': [{ var: 'service' }, ''] }, 'approve', 'auto'] }));
    expect(await mode(aQuestion({ labels: { alertname: 'A' } }))).toBe('approve');
    expect(await mode(aQuestion({ labels: { alertname: 'A', service: '__proto__' } }))).toBe('auto');
  });

  it('is observe for a flag that is switched off', async () => {
    const { flags, heard } = await someFlags(flagFile({ if: [true, 'auto'] }, { state: 'DISABLED' }));
    expect((await flags.resolveMode(aQuestion())).mode).toBe('observe');
    expect(heard.results).toEqual(['resolved']);
  });
});

describe('a percentage of targets', () => {
  const names = Array.from({ length: 400 }, (_, index) => `service-${index}`);
  async function chosen(percent: number) {
    const { mode } = await someFlags(flagFile(share(percent)));
    const within = await Promise.all(names.map(async (name) => (await mode(aQuestion({ name }))) === 'auto'));
    return names.filter((_, index) => within[index]);
  }

  it('is stable: the same targets each time, whatever else the alert says', async () => {
    const once = await chosen(30);
    expect(await chosen(30)).toEqual(once);
    const { mode } = await someFlags(flagFile(share(30)));
    const labels = { alertname: 'Another', severity: 'warning', service: 'x' };
    expect(await mode(aQuestion({ name: once[0]!, labels, rule: 'another' }))).toBe('auto');
  });

  it('grows without losing anybody, and is about as large as it says', async () => {
    const steps = [0, 5, 10, 50, 90, 100];
    const sets: string[][] = [];
    for (const percent of steps) sets.push(await chosen(percent));
    sets.slice(1).forEach((larger, index) => {
      expect(larger).toEqual(expect.arrayContaining(sets[index]!));
    });
    sets.forEach((set, index) => {
      // Five standard deviations of a binomial: a hash, not chance, so that this holds or fails for ever.
      expect(Math.abs(set.length - 4 * steps[index]!)).toBeLessThanOrEqual(50);
    });
    expect([sets[0]!.length, sets.at(-1)!.length]).toEqual([0, names.length]);
  });
});

describe('a flag file', () => {
  const auto = flagFile({ if: [true, 'auto'] });

  it('is followed while it changes, by writing and by replacing', async () => {
    const { mode, write, replace, heard } = await someFlags(flagFile());
    expect(await mode()).toBe('observe');
    await write(auto);
    await expect.poll(() => mode(), { timeout: 25_000 }).toBe('auto');
    await replace(flagFile({ if: [true, 'approve'] }));
    await expect.poll(() => mode(), { timeout: 25_000 }).toBe('approve');
    expect(heard.errors).toEqual([]);
  });

  const broken = {
    'is half-written': auto.slice(0, 60),
    'is empty': '',
    'is no flags': '{"flags":{}}',
    'has another flag only': JSON.stringify({
      flags: { other: (JSON.parse(auto) as { flags: Record<string, unknown> }).flags['mendloop-mode'] },
    }),
    'has a variant that is no mode': flagFile({}, { variants: { observe: 'observe', auto: 'automatic' } }),
    'has a default that is no variant': flagFile({}, { defaultVariant: 'nothing' }),
    'has a rule that is none': flagFile({ nonsense: [1] }),
    'is another format': '<flags/>',
  };
  it.each(Object.entries(broken))('keeps the last good one when the new one %s, and tells once', async (_, text) => {
    const { mode, replace, heard } = await someFlags(auto);
    expect(await mode()).toBe('auto');
    await replace(text);
    await expect.poll(() => heard.errors.length, { timeout: 25_000 }).toBe(1);
    expect(await mode()).toBe('auto');
    await replace(flagFile({ if: [true, 'approve'] }));
    await expect.poll(() => mode(), { timeout: 25_000 }).toBe('approve');
    expect(heard.errors).toHaveLength(1);
  });

  it('keeps the last good one when the file goes', async () => {
    const { mode, path, heard } = await someFlags(auto);
    expect(await mode()).toBe('auto');
    await rm(path);
    await expect.poll(() => heard.errors.length, { timeout: 25_000 }).toBe(1);
    expect(await mode()).toBe('auto');
  });

  it('that is not there means observe, until it comes', async () => {
    const { flags, mode, write, heard } = await someFlags(undefined);
    expect(await flags.resolveMode(aQuestion())).toEqual({
      mode: 'observe',
      source: 'flag mendloop-mode (failed)',
    });
    expect(heard.results).toEqual(['failed']);
    await write(auto);
    await expect.poll(() => mode(), { timeout: 25_000 }).toBe('auto');
  });

  it('never lifts a policy that says off, not even by failing', async () => {
    const { flags } = await someFlags(undefined);
    expect(await flags.resolveMode(aQuestion({ mode: Mode.Off }))).toEqual({ mode: 'off', source: 'policy' });
  });
});

describe('a provider', () => {
  const scripted = (resolveStringEvaluation: Provider['resolveStringEvaluation']) => {
    const results: string[] = [];
    const provider = Object.assign(Object.create(NOOP_PROVIDER) as Provider, { resolveStringEvaluation });
    const flags = createModeFlags({ provider, onEvaluation: (result) => results.push(result) });
    onTestFinished(() => flags.close());
    return { flags, results };
  };

  it.each([
    ['rejects', () => Promise.reject(new Error('no')), 'failed'],
    ['never answers', () => new Promise<never>(() => undefined), 'failed'],
    ['says what is no mode', () => Promise.resolve({ value: 'full-auto' }), 'unknown_variant'],
    ['says a mode in capitals', () => Promise.resolve({ value: 'AUTO' }), 'unknown_variant'],
  ] as const)('that %s means observe, and is counted', async (_, resolve, result) => {
    const { flags, results } = scripted(resolve);
    expect(await flags.resolveMode(aQuestion())).toEqual({
      mode: 'observe',
      source: `flag mendloop-mode (${result})`,
    });
    expect(results).toEqual([result]);
  });

  it('does not disturb that of another Mendloop in the same process', async () => {
    const one = scripted(() => Promise.resolve({ value: 'auto' }));
    const other = scripted(() => Promise.resolve({ value: 'approve' }));
    expect((await one.flags.resolveMode(aQuestion())).mode).toBe('auto');
    expect((await other.flags.resolveMode(aQuestion())).mode).toBe('approve');
    await other.flags.close();
    expect((await one.flags.resolveMode(aQuestion())).mode).toBe('auto');
  });
});

describe('flags.example.json', () => {
  it.each([
    ['kube-system is off', { namespace: 'kube-system' }, 'off'],
    ['payments always ask', { service: 'payment-gateway' }, 'approve'],
    ['an unknown rule observes', { rule: 'new_rule' }, 'observe'],
    ['a rule in approval asks', { rule: 'pod_cpu_throttling' }, 'approve'],
  ])('%s', async (_, place, expected) => {
    const { mode } = await someFlags(readFileSync(join(packageRoot(), 'examples/config/flags.example.json'), 'utf8'));
    const question = aQuestion();
    const { plan } = question.decision;
    const { namespace = 'production', service = 'order-service', rule: by = rule } = place as Record<string, string>;
    const target = { ...plan.target, namespace };
    const alert = anAlert({ labels: { alertname: 'A', service } });
    expect(
      await mode({ ...question, alert, decision: { ...question.decision, rule: by, plan: { ...plan, target } } }),
    ).toBe(expected);
  });

  it('has a canary that lets some targets be healed without asking', async () => {
    const { mode } = await someFlags(readFileSync(join(packageRoot(), 'examples/config/flags.example.json'), 'utf8'));
    const names = Array.from({ length: 100 }, (_, index) => `service-${index}`);
    const seen = new Set(await Promise.all(names.map((name) => mode(aQuestion({ name })))));
    expect(seen).toEqual(new Set(['auto', 'approve']));
  });
});
