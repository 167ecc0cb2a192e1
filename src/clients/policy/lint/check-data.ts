import type { KeyPath } from '../../../config/walk-schema.ts';
import { findDataFaults } from '../data/find-data-faults.ts';
import type { Finding, Place } from './finding.ts';
import type { Places } from './places.ts';

/** What of the data does not fit its schema, each with the place of the key, or of what the key is lacking in. */
export function checkData(data: object, places: Pick<Places, 'data'>): Finding[] {
  return findDataFaults(data).map(({ paths, message }) => {
    const place = placeOf(paths, places);
    return { severity: 'error', check: 'data', ...(place !== undefined && { place }), message };
  });
}

/** Of several parts of the data, the one that has most of its path. */
function placeOf(paths: readonly KeyPath[], places: Pick<Places, 'data'>): Place | undefined {
  const longest = Math.max(0, ...paths.map((path) => path.length));
  for (let lacking = 0; lacking < longest; lacking += 1) {
    for (const path of paths) {
      const place = places.data(path.slice(0, path.length - lacking).map(String));
      if (place !== undefined) return place;
    }
  }
  return undefined;
}
