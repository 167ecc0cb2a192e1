import { expect, it } from 'vitest';
import type { Check, Verdict } from '../../../src/cli/doctor/check.ts';
import { examine } from '../../../src/cli/doctor/examine.ts';
import { formatExamination } from '../../../src/cli/doctor/format-examination.ts';
import { unpainted } from '../../../src/cli/output/style.ts';
import { openWorld } from '../../../src/cli/doctor/world.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { MendloopError } from '../../../src/domain/failures.ts';

const world = openWorld({
  readConfig: () => configSchema.parse({}),
  root: '.',
  options: { namespaces: [], actions: [] },
});

function aCheck(code: string, answer: () => Promise<Verdict>, more: Partial<Check> = {}): Check {
  const terms = {
    category: 'settings',
    severity: 'fatal',
    deadlineSeconds: 5,
    beforeInstall: true,
    needs: [],
  } as const;
  return { code, description: `${code} holds.`, ...terms, run: answer, ...more };
}

const says =
  (status: Verdict['status'], text = status) =>
  () =>
    Promise.resolve({ status, text });

it('an installation is well as long as nothing fatal has failed', async () => {
  const checks = [aCheck('good', says('ok')), aCheck('poor', says('failed'), { severity: 'warning' })];
  expect((await examine({ checks, world })).ok).toBe(true);
  expect((await examine({ checks: [...checks, aCheck('bad', says('failed'))], world })).ok).toBe(false);
});

it('what needs a check that failed is not asked, and what needs that is not asked either', async () => {
  const never = () => Promise.reject(new Error('was asked'));
  const checks = [
    aCheck('first', says('failed')),
    aCheck('second', never, { needs: ['first'] }),
    aCheck('third', never, { needs: ['second'] }),
    aCheck('other', says('ok')),
  ];
  const { checks: findings } = await examine({ checks, world });
  expect(findings.map(({ code, status, text }) => [code, status, text])).toEqual([
    ['first', 'failed', 'failed'],
    ['second', 'skipped', 'cannot be asked: first failed'],
    ['third', 'skipped', 'cannot be asked: second was not'],
    ['other', 'ok', 'ok'],
  ]);
});

it('a check or a category that is left out keeps nothing else from being asked', async () => {
  const checks = [
    aCheck('first', says('failed')),
    aCheck('second', says('ok'), { needs: ['first'] }),
    aCheck('clocks', says('failed'), { category: 'clock' }),
  ];
  const { checks: findings, ok } = await examine({ checks, world, skip: new Set(['first', 'clock']) });
  expect(findings.map(({ status }) => status)).toEqual(['skipped', 'ok', 'skipped']);
  expect(ok).toBe(true);
});

it('a check that does not answer in time has failed, and its signal is aborted', async () => {
  let given: AbortSignal | undefined;
  const hangs = aCheck('hangs', says('ok'), {
    deadlineSeconds: 0.05,
    run: (_world, signal) => {
      given = signal;
      return new Promise(() => undefined);
    },
  });
  const { checks } = await examine({ checks: [hangs], world });
  expect(checks[0]).toMatchObject({ status: 'failed', text: 'no answer within 0.05 s' });
  expect(given?.aborted).toBe(true);
});

it('what a check throws is told in the words of the failure', async () => {
  const check = aCheck('broken', () => Promise.reject(new MendloopError('StoreUnavailable', 'away')));
  expect((await examine({ checks: [check], world })).checks[0]?.text).toBe('StoreUnavailable: away');
});

it('a person reads what failed with each detail and where to read on, and nothing that drives a terminal', async () => {
  const details = ['one\u001b[31m', 'two'];
  const check = aCheck('broken', () => Promise.resolve({ status: 'failed', text: 'two are missing', details }));
  const text = formatExamination(await examine({ checks: [check, aCheck('good', says('ok'))], world }), unpainted);
  expect(text).toContain('FAILED   broken: two are missing');
  expect(text).toContain('- two');
  expect(text).toContain('what to do: docs/doctor.md#broken');
  expect(text).toContain('1 hold, 1 fatal, 0 warnings, 0 not asked');
  expect(text).not.toContain('\u001b');
});
