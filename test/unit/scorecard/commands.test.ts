import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readFlagDocument, writeFlagDocument } from '../../../src/cli/scorecard/flag-store.ts';
import { formatPromotion } from '../../../src/cli/scorecard/format-promotion.ts';
import { formatScorecards } from '../../../src/cli/scorecard/format-scorecards.ts';
import { planPromotion } from '../../../src/cli/scorecard/plan-promotion.ts';
import { parseSince } from '../../../src/cli/since.ts';
import { setStage } from '../../../src/domain/promotion/flag-document.ts';
import { scorecards } from '../../../src/domain/promotion/scorecard.ts';
import { flagFile } from '../flags/flag-files.ts';
import { many, past } from './past.ts';

describe('a duration to look back', () => {
  it.each([
    ['30d', 30 * 86_400_000],
    ['12h', 12 * 3_600_000],
    ['1h30m', 5_400_000],
  ])('%s', (text, expected) => {
    expect(parseSince(text)).toBe(expected);
  });

  it.each(['', 'yesterday', '-1d', '0s', '30', '1d later', '2026-01-01'])('is not %j', (text) => {
    expect(() => parseSince(text)).toThrow('a duration is wanted');
  });
});

it('a scorecard is a table for people', () => {
  const cards = scorecards([
    ...many(3, { cureSeconds: 12.345 }),
    past({ outcome: 'escalated' }),
    past({ rule: 'a', outcome: 'observed', mode: 'observe' }),
  ]);
  expect(formatScorecards(cards).split('\n')).toEqual([
    ...[
      'rule        ended  would act  acted  cured  rolled back  given up  escalated  denied  cure rate  at least  mean s  p95 s',
      'a               1          1      0      0            0         0          0       0          -         -       -      -',
      'throttling      4          0      4      3            0         1          1       0       75 %      35 %    12.3   12.3',
    ],
  ]);
});

describe('a promotion', () => {
  const document: unknown = JSON.parse(flagFile());
  const observed = many(10, { outcome: 'observed', mode: 'observe' }).toReversed();

  it('begins where the flag file says, else where the newest remediation was, else at observe', () => {
    const rule = 'throttling';
    const inFile = setStage(document, { rule, stage: 'auto-50' }).document;
    expect(planPromotion({ rule, past: observed, document: inFile }).from).toBe('auto-50');
    expect(planPromotion({ rule, past: [past({ mode: 'approve' }), ...observed], document }).from).toBe('approve');
    expect(planPromotion({ rule, past: [], document }).from).toBe('observe');
    expect(planPromotion({ rule, past: observed, document: inFile, from: 'observe' })).toMatchObject({
      ...{ from: 'observe', to: 'approve', enough: true },
    });
  });

  it('is a change of the file, or the beginning of one', () => {
    const plan = planPromotion({ rule: 'throttling', past: observed });
    expect(plan.change?.document).toMatchObject({
      flags: {
        'mendloop-mode': { defaultVariant: 'observe', targeting: { if: [plan.change?.branch.condition, 'approve'] } },
      },
    });
    const text = formatPromotion(plan, { written: false });
    expect(text).toContain('The change to a new flag file');
    expect(text).toContain('  {"===":[{"var":"rule"},"throttling"]},\n  "approve"');
    expect(text).toContain('--write FILE makes one');
  });

  it('shows what it replaces', () => {
    const { document: before } = setStage(document, { rule: 'throttling', stage: 'observe' });
    const plan = planPromotion({ rule: 'throttling', past: observed, document: before });
    expect(formatPromotion(plan, { file: 'flags.json', written: false })).toContain('in place of "observe"');
    expect(formatPromotion(plan, { file: 'flags.json', written: true })).toContain('Changed flags.json');
  });

  it('has no change where the evidence is not enough', () => {
    const plan = planPromotion({ rule: 'throttling', past: observed.slice(1), document });
    expect(plan).not.toHaveProperty('change');
    expect(formatPromotion(plan, { written: false })).toMatch(
      /not enough evidence\n {2}- would have acted 9 times, 10 wanted$/,
    );
  });
});

describe('a rule at the last stage', () => {
  it('has nowhere further to go, whatever the evidence', () => {
    const plan = planPromotion({ rule: 'throttling', past: many(3, { mode: 'auto' }), from: 'auto' });
    const text = formatPromotion(plan, { written: false });
    expect(text).toMatch(/\nthrottling: auto, the last stage: there is none further to go to$/);
    expect(text).not.toContain('evidence');
  });
});

describe('a flag file', () => {
  async function aFile(text: string) {
    const folder = await mkdtemp(join(tmpdir(), 'mendloop-store-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, 'flags.json'), text);
    return { folder, path: join(folder, 'flags.json') };
  }

  it('is replaced as a whole, by one that a worker takes', async () => {
    const { folder, path } = await aFile(flagFile());
    const { document } = setStage(await readFlagDocument(path), { rule: 'a', stage: 'auto' });
    await writeFlagDocument(path, document);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(document);
    expect(await readdir(folder)).toEqual(['flags.json']);
  });

  it('is left alone by one that a worker would refuse', async () => {
    const { path } = await aFile(flagFile());
    await expect(writeFlagDocument(path, { flags: {} })).rejects.toThrow('has no flag mendloop-mode');
    expect(await readFile(path, 'utf8')).toBe(flagFile());
    const broken = await aFile('{');
    await expect(readFlagDocument(broken.path)).rejects.toThrow("is not in flagd's format");
  });
});
