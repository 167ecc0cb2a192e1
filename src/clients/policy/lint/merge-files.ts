import { asObject, type Json, objectUnion } from '../data/object-union.ts';
import type { DataFile } from './read-sources.ts';

/** The data of a policy as its files have it, where it cannot be compiled: the later file last. */
export function mergeFiles(files: readonly DataFile[]): Json {
  return files.reduce<Json>((data, { path, yaml: { value } }) => {
    const nested = path.reduceRight<Json>((inner, key) => ({ [key]: inner }), asObject(value));
    return objectUnion(data, nested);
  }, {});
}
