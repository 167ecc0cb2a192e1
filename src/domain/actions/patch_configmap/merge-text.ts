import { isMap, isScalar, parseDocument } from 'yaml';
import { MendloopError } from '../../failures.ts';

/**
 * A text of YAML or JSON with the members of another put into it: objects member by member, anything else whole, and null
 * takes a member away. Comments and what is not named stay as they are. Source: RFC 7386.
 *
 * @throws MendloopError `TargetUnsupported` if the text is neither; `KubernetesInvalid` if what goes over it is no object.
 */
export function mergedText(text: string, over: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new MendloopError('TargetUnsupported', 'its value is no object of YAML or JSON that could be merged into');
  }
  const given: unknown = parseDocument(over).toJS();
  if (!isObject(given)) throw new MendloopError('KubernetesInvalid', 'what is to be merged is no object');
  for (const [path, value] of leavesOf(given)) {
    if (value === null) document.deleteIn(path);
    else if (isScalar(document.getIn(path, true)) || !isObject(value)) document.setIn(path, document.createNode(value));
    else document.setIn(path, document.createNode({}));
  }
  if (isJson(text)) return JSON.stringify(document.toJS(), null, text.includes('\n') ? 2 : undefined);
  return document.toString();
}

/** Members that are no objects, each with the way down to it. */
function leavesOf(value: object, path: readonly string[] = []): [readonly string[], unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [readonly string[], unknown][] =>
    isObject(inner) && Object.keys(inner).length > 0 ? leavesOf(inner, [...path, key]) : [[[...path, key], inner]],
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
