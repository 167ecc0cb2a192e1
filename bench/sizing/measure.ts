/**
 * Measures the recorded histories anew, for the model.
 *
 *     node bench/sizing/measure.ts && node bench/sizing/print.ts --write
 */
import { writeFileSync } from 'node:fs';
import { FOOTPRINTS_FILE, measureHistories } from './histories.ts';

writeFileSync(FOOTPRINTS_FILE, `${JSON.stringify(measureHistories(), undefined, 2)}\n`);
