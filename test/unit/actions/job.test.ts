import { describe, expect, it } from 'vitest';
import { jobBody, jobChangeSchema } from '../../../src/domain/actions/job/job-body.ts';
import {
  jobAction,
  type JobParameters,
  jobParametersSchema,
  type JobSeen,
} from '../../../src/domain/actions/job/job.ts';
import { jobTemplateSchema } from '../../../src/domain/actions/job/job-template.ts';
import { aSeenObject } from '../../support/authority.ts';

const template = {
  image: 'registry.example.com:5000/tools/flush:1.4.2',
  command: ['/flush', '--app=$(APP)', '$$(HOME)', '$(MENDLOOP_NAME)'],
  env: { LEVEL: 'all' },
  deadlineSeconds: 60,
  parameters: { APP: {} },
};

const faultsOf = (more: object): string[] =>
  (jobTemplateSchema.safeParse({ ...template, ...more }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );

describe('a template', () => {
  it('fits', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ image: `tool@sha256:${'0'.repeat(64)}` })).toEqual([]);
  });

  it.each([
    ['an image without a tag', { image: 'registry.example.com:5000/tools/flush' }, /^image must name a tag/],
    ['an image that moves', { image: 'flush:latest' }, /^image must name a tag/],
    ['a variable that is not there', { args: ['$(APPP)'] }, /names \$\(APPP\), which neither env nor parameters have/],
    ['a variable of its undo that is not there', { undo: { args: ['$(X)'] } }, /^undo names \$\(X\)/],
    ['a secret', { env: { DB_PASSWORD: 'x' } }, /^env\.DB_PASSWORD must not be in policy/],
    ['a secret of its undo', { undo: { env: { API_TOKEN: 'x' } } }, /^env\.API_TOKEN must not be in policy/],
    ['a name of ours', { env: { MENDLOOP_NAME: 'x' } }, /must not have MENDLOOP_NAME/],
    ['a name twice', { env: { APP: 'x' } }, /^parameters\.APP is in env as well/],
    ['root', { runAsUser: 0 }, /^runAsUser /],
    ['a key of a Pod that it does not know', { volumes: [] }, /Unrecognized key/],
    ['no quantity', { resources: { limits: { memory: 'much' } } }, /^resources\.limits\.memory /],
    ['no expression', { parameters: { APP: { pattern: '(' } } }, /^parameters\.APP\.pattern must be a regular/],
    ['a default that does not fit', { parameters: { APP: { default: '-rf' } } }, /^parameters\.APP\.default expected/],
  ])('does not with %s', (_, more, fault) => {
    expect(faultsOf(more).join('\n')).toMatch(fault);
  });
});

describe('what an alert fills in', () => {
  const valuesFault = (values: object, parameters: object = {}): string | undefined =>
    jobParametersSchema
      .safeParse({ name: 'flush', template: { ...template, parameters: { APP: {}, ...parameters } }, values })
      .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
      .join('; ');

  it('is what the template declares, as it declares it', () => {
    expect(valuesFault({ APP: 'api-7d9f8b6c5-x2x4z' })).toBeUndefined();
    expect(valuesFault({ APP: 'a', SIZE: 'L' }, { SIZE: { oneOf: ['S', 'L'] } })).toBeUndefined();
    expect(valuesFault({ APP: 'a' }, { SIZE: { default: 'S' } })).toBeUndefined();
  });

  it.each([
    ['nothing', {}, 'values.APP expected a value'],
    ['an option', { APP: '--all' }, 'values.APP expected what'],
    ['a command', { APP: 'a; rm -rf /' }, 'values.APP expected what'],
    ['a further line', { APP: 'a\nb' }, 'values.APP expected what'],
    ['too much', { APP: 'a'.repeat(254) }, 'values.APP expected 253 characters at most'],
    ['a variable of its own', { APP: 'a', PATH: '/tmp' }, 'values.PATH is no parameter'],
    ['what is no object’s own', { APP: 'a', __proto__x: 'a' }, 'values.__proto__x is no parameter'],
  ])('is refused where it is %s', (_, values, fault) => {
    expect(valuesFault(values)).toContain(fault);
  });
});

const target = { cluster: 'default', namespace: 'shop', kind: 'Deployment', name: 'api' };
const parameters = (more: object = {}): JobParameters =>
  jobParametersSchema.parse({ name: 'flush', template: { ...template, ...more }, values: { APP: 'api' } });
const seen = (more: Partial<JobSeen> = {}): JobSeen => ({
  ...{ target, uid: 'u-1', labels: {}, objects: [aSeenObject()], kept: 0 },
  ...more,
});
const plan = (more: Partial<JobSeen> = {}, of: object = {}) =>
  jobAction.plan({ target, parameters: parameters(of), seen: seen(more) });

describe('a Job that is planned', () => {
  it('has a name that follows from what is run for what, and fits with its undo’s', () => {
    const { job } = jobChangeSchema.parse(plan().change);
    expect(jobChangeSchema.parse(plan().change).job).toBe(job);
    expect(jobChangeSchema.parse(plan({ uid: 'u-2' }).change).job).not.toBe(job);
    expect(jobChangeSchema.parse(plan({ kept: 1 }).change).job).not.toBe(job);
    expect(jobChangeSchema.parse(plan({}, { deadlineSeconds: 61 }).change).job).not.toBe(job);
    expect(job).toMatch(/^mendloop-flush-[0-9a-f]{8}-1$/);
  });

  it('says whether it can be undone, and ends in any case', () => {
    expect(plan()).toMatchObject({ undo: 'none', goesOn: true });
    expect(plan()).not.toHaveProperty('manualUndo');
    const undone = plan({}, { undo: { args: ['--undo'] } });
    expect(undone).toMatchObject({ undo: 'forward', goesOn: true });
    expect(undone.manualUndo).toContain('-undo"');
  });

  it.each([
    ['where its account is not allowed', { accountRefused: 'no' }, 'AccountNotAllowed'],
    ['while another runs', { running: { job: 'one', by: 'x' } }, 'TargetHeld'],
    ['where as many are kept as the plan allows', { kept: 6 }, 'LimitReached'],
  ])('is refused %s', (_, more, type) => {
    expect(() => plan(more)).toThrow(expect.objectContaining({ type }) as Error);
  });
});

describe('the Job itself', () => {
  const bodyWith = (more: object, values: Record<string, string>, part: 'job' | 'undo' = 'job') => {
    const change = jobChangeSchema.parse({ job: 'j', name: 'flush', template: { ...template, ...more }, values });
    return jobBody({ namespace: 'shop', target, change, part });
  };

  it('has no token, no root, no privileges, an end, and is removed', () => {
    const { spec } = bodyWith({}, { APP: 'api' });
    expect(spec).toMatchObject({ activeDeadlineSeconds: 60, ttlSecondsAfterFinished: 86_400, backoffLimit: 0 });
    expect(spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
    expect(spec.template.spec).not.toHaveProperty('serviceAccountName');
    expect(spec.template.spec).not.toHaveProperty('volumes');
  });

  it('gives values as variables, of which Kubernetes expands nothing further', () => {
    const { env } = bodyWith({}, { APP: '$(LEVEL)' }).spec.template.spec.containers[0]!;
    expect(env).toContainEqual({ name: 'APP', value: '$$(LEVEL)' });
    expect(env).toContainEqual({ name: 'MENDLOOP_NAME', value: 'api' });
    // A variable may name those before it.
    expect(env.findIndex(({ name }) => name === 'APP')).toBeLessThan(env.findIndex(({ name }) => name === 'LEVEL'));
  });

  it('has a second one that makes good what it did', () => {
    const body = bodyWith({ undo: { command: ['/flush', '--undo'], env: { MORE: 'x' } } }, { APP: 'api' }, 'undo');
    expect(body.metadata.name).toBe('j-undo');
    const [container] = body.spec.template.spec.containers;
    expect(container).toMatchObject({ image: template.image, command: ['/flush', '--undo'] });
    expect(container!.env).toEqual(
      expect.arrayContaining([
        { name: 'LEVEL', value: 'all' },
        { name: 'MORE', value: 'x' },
      ]),
    );
  });
});
