import type { Place } from './finding.ts';

/** The place of a finding, where it is known. */
export function at(place: Place | undefined): { place?: Place } {
  return place === undefined ? {} : { place };
}
