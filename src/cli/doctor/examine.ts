import { MendloopError } from '../../domain/failures.ts';
import type { Check, Verdict } from './check.ts';
import type { World } from './world.ts';

/** A check with what it found. */
export interface Finding extends Verdict {
  readonly code: string;
  readonly category: string;
  readonly severity: Check['severity'];
  readonly description: string;
  /** What to do about it. */
  readonly link: string;
}

export interface Examination {
  /** No fatal check has failed. */
  readonly ok: boolean;
  readonly checks: readonly Finding[];
}

export interface ExamineOptions {
  readonly checks: readonly Check[];
  readonly world: World;
  /** Codes and categories that are not asked. */
  readonly skip?: ReadonlySet<string>;
}

/** Asks every check as soon as those that it needs are answered; the findings are in the order of the checks. */
export async function examine({ checks, world, skip = new Set() }: ExamineOptions): Promise<Examination> {
  const verdicts = new Map<string, Promise<Verdict>>();
  for (const check of checks) {
    const left = skip.has(check.code) || skip.has(check.category);
    verdicts.set(check.code, left ? Promise.resolve(LEFT_OUT) : judge(check, world, verdicts));
  }
  const findings = await Promise.all(
    checks.map(async ({ code, category, severity, description }): Promise<Finding> => {
      const verdict = (await verdicts.get(code)) ?? LEFT_OUT;
      return { code, category, severity, description, link: `docs/doctor.md#${code}`, ...verdict };
    }),
  );
  return {
    ok: findings.every(({ status, severity }) => status !== 'failed' || severity !== 'fatal'),
    checks: findings,
  };
}

const LEFT_OUT: Verdict = { status: 'skipped', text: 'not asked: --skip' };

async function judge(check: Check, world: World, verdicts: ReadonlyMap<string, Promise<Verdict>>): Promise<Verdict> {
  for (const need of check.needs) {
    // One that is not in the list was left out on purpose; what it stands for shows by itself.
    const verdict = await verdicts.get(need);
    if (verdict?.status === 'failed') return { status: 'skipped', text: `cannot be asked: ${need} failed` };
    if (verdict?.status === 'skipped' && verdict !== LEFT_OUT) {
      return { status: 'skipped', text: `cannot be asked: ${need} was not` };
    }
  }
  const late = AbortSignal.timeout(check.deadlineSeconds * 1000);
  try {
    return await Promise.race([check.run(world, late), rejectedBy(late)]);
  } catch (error) {
    return {
      status: 'failed',
      text: late.aborted ? `no answer within ${check.deadlineSeconds} s` : describe(error),
    };
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

/** On one line, with the cause where that is what says why. */
function describe(error: unknown): string {
  if (error instanceof MendloopError) return `${error.type}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`.split('\n').join('; ');
}
