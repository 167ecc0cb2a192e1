import { request } from 'undici';
import { z } from 'zod';
import { type Check, failed, ok } from '../check.ts';

const readySchema = z.looseObject({ checks: z.record(z.string(), z.boolean()) });

export const apiReady: Check = {
  code: 'api-ready',
  category: 'end to end',
  description: 'The API answers, and can take alerts.',
  severity: 'fatal',
  deadlineSeconds: 15,
  beforeInstall: false,
  needs: ['settings'],
  async run({ api }, signal) {
    const { statusCode, body } = await request(`${api}/readyz`, { signal });
    const answer = readySchema.safeParse(await body.json().catch(() => undefined));
    if (statusCode === 200) return ok(api);
    const faults = Object.entries(answer.data?.checks ?? {}).flatMap(([name, holds]) => (holds ? [] : [`${name}: no`]));
    return failed(`${api} answers ${statusCode}`, faults);
  },
};
