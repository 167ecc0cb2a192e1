/**
 * Prints what a load needs of Temporal, its database and Mendloop.
 *
 *     node bench/sizing/print.ts [--alerts 5000] [--peak 10] [--watch-seconds 300] [--retention-days 90]
 *     node bench/sizing/print.ts --write      the tables of docs/sizing.md, into that page
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/local/package-root.ts';
import { readFootprints } from './histories.ts';
import { USUAL } from './load.ts';
import { sizeFor } from './model.ts';
import { intoPage, PAGE } from './page.ts';

const { values } = parseArgs({
  options: {
    alerts: { type: 'string' },
    peak: { type: 'string', default: String(USUAL.peak) },
    'watch-seconds': { type: 'string', default: String(USUAL.watchSeconds) },
    'retention-days': { type: 'string', default: String(USUAL.retentionDays) },
    write: { type: 'boolean', default: false },
  },
});

const file = join(packageRoot(), PAGE);
const page = intoPage(readFileSync(file, 'utf8'), readFootprints());
if (values.write) writeFileSync(file, page);
else if (values.alerts === undefined) console.log(page);
else {
  const load = {
    ...USUAL,
    alertsPerHour: positive('alerts', values.alerts),
    peak: positive('peak', values.peak),
    watchSeconds: positive('watch-seconds', values['watch-seconds']),
    retentionDays: positive('retention-days', values['retention-days']),
  };
  console.log(JSON.stringify(sizeFor(load, readFootprints()), undefined, 2));
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`invalid --${name} ${text}: expected a number above 0`);
}
