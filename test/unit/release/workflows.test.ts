import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createProgram } from '../../../src/cli/program.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { readStage } from '../../support/image/dockerfile.ts';

const root = packageRoot();
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const jobSchema = z.looseObject({
  'timeout-minutes': z.number(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])),
  strategy: z.looseObject({ matrix: z.looseObject({ target: z.array(z.string()) }) }).optional(),
  steps: z.array(stepSchema),
});
const workflowSchema = z.looseObject({
  permissions: z.strictObject({}),
  jobs: z.record(z.string(), jobSchema),
});

const files = globSync('.github/workflows/*.yml', { cwd: root }).toSorted();
const makefile = read('Makefile');

it('there are workflows', () => {
  expect(files.map((file) => file.split('/').at(-1))).toEqual(['policy.yml', 'release.yml']);
});

describe.each(files)('%s', (file) => {
  const text = read(file);
  const { jobs } = workflowSchema.parse(parse(text));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

  it('names every action by its commit, and says which version that is', () => {
    const used = text.split('\n').filter((line) => /^\s*(- )?uses:/.test(line));
    expect(used.length).toBeGreaterThan(1);
    for (const line of used) expect(line).toMatch(/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('runs targets of make, tools and commands that there are', async () => {
    const program = await createProgram(undefined);
    const commands = program.commands.map((command) => command.name());
    for (const script of scripts) {
      for (const [, target = ''] of script.matchAll(/\bmake ([a-z-]+)/g)) {
        expect(makefile).toMatch(new RegExp(`^${target}:.*##`, 'm'));
      }
      for (const [, path = ''] of script.matchAll(/\bnode (\S+\.ts)/g)) expect(existsSync(join(root, path))).toBe(true);
      for (const [, words = ''] of script.matchAll(/^\s*mendloop (.+)$/gm)) {
        const [name = '', sub = ''] = words.split(' ');
        expect(commands).toContain(name);
        const children = program.commands.find((command) => command.name() === name)?.commands ?? [];
        if (children.length > 0) expect(children.map((child) => child.name())).toContain(sub);
      }
    }
  });

  it('lets nothing that strangers write into its scripts', () => {
    expect(scripts).not.toHaveLength(0);
    for (const script of scripts) expect(script).not.toContain('${{');
  });
});

describe('a release', () => {
  const { jobs } = workflowSchema.parse(parse(read('.github/workflows/release.yml')));
  const stepsOf = (job: string) => jobs[job]?.steps ?? [];
  const scriptsOf = (job: string) => stepsOf(job).map(({ run }) => run ?? '');

  it('builds stages that the Dockerfile has, with provenance and a bill of materials, on bases by digest', () => {
    const targets = jobs['images']?.strategy?.matrix.target ?? [];
    expect(targets).toEqual(['plain', 'standalone']);
    for (const target of targets) expect(readStage(target).entrypoint).not.toHaveLength(0);
    const build = stepsOf('images').find(({ uses }) => uses?.startsWith('docker/build-push-action'));
    expect(build?.with).toMatchObject({ provenance: 'mode=max', sbom: true, push: true });
    const bases = [...read('Dockerfile').matchAll(/^ARG (\w+)=(\S+)$/gm)];
    expect(bases.map(([, name]) => name)).toEqual(['BUILD', 'RUNTIME']);
    const facts = scriptsOf('images').join('\n');
    for (const [, name = '', base = ''] of bases) {
      expect(String(build?.with?.['build-args'])).toContain(`${name}=`);
      expect(facts).toContain(`digest ${base})`);
    }
  });

  it('signs images and chart, and only what runs with an identity for that may', () => {
    for (const job of ['images', 'chart']) {
      expect(scriptsOf(job).join('\n')).toContain('cosign sign --yes');
      expect(jobs[job]?.permissions).toMatchObject({ 'id-token': 'write', packages: 'write' });
    }
    expect(jobs['artefacts']?.permissions).toEqual({ contents: 'read' });
    expect(scriptsOf('package').join('\n')).toContain('--provenance');
  });

  it('tests before it makes anything', () => {
    expect(scriptsOf('artefacts').join('\n')).toMatch(/^make release(?!.*UNTESTED)/m);
    expect(makefile).toContain('release: $(if $(UNTESTED),build,test)');
  });
});
