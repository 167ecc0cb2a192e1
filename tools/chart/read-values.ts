import { parse } from 'yaml';

/** One value as people set it. */
export interface DocumentedValue {
  /** `webhook.tokenSecret` */
  readonly key: string;
  /** Undefined where no comment documents it. */
  readonly description: string | undefined;
  readonly value: unknown;
}

interface Line {
  readonly path: readonly string[];
  readonly description: string | undefined;
}

/**
 * The values of a values.yaml with the comments above them, in their order. A section, whose keys are documented each by
 * itself, is none; a map that is documented as a whole is one value.
 */
export function readValues(text: string): DocumentedValue[] {
  const lines = keyLines(text);
  const tree: unknown = parse(text);
  const whole = lines.filter(({ description }) => description !== undefined).map(({ path }) => path);
  const isInside = (path: readonly string[], outer: readonly string[]) =>
    outer.length < path.length && outer.every((name, index) => path[index] === name);
  return lines
    .filter(({ path }) => !whole.some((outer) => isInside(path, outer)))
    .filter(({ path, description }) => description !== undefined || !lines.some((line) => isInside(line.path, path)))
    .map(({ path, description }) => ({ key: path.join('.'), description, value: valueAt(tree, path) }));
}

/** Every key that stands on a line of its own; sequences have none. */
function keyLines(text: string): Line[] {
  const lines: Line[] = [];
  const above: { indent: number; name: string }[] = [];
  let comment: string[] | undefined;
  for (const line of text.split('\n')) {
    const [, begin] = /^\s*# -- (.*)$/.exec(line) ?? [];
    const [, more] = /^\s*# (.*)$/.exec(line) ?? [];
    const [, spaces = '', name] = /^( *)([A-Za-z][\w.-]*):/.exec(line) ?? [];
    if (begin !== undefined) comment = [begin];
    else if (more !== undefined) comment?.push(more);
    else if (name !== undefined) {
      while ((above.at(-1)?.indent ?? -1) >= spaces.length) above.pop();
      above.push({ indent: spaces.length, name });
      lines.push({ path: above.map((one) => one.name), description: comment?.join(' ') });
      comment = undefined;
    } else comment = undefined;
  }
  return lines;
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (here, name) => (typeof here === 'object' && here !== null ? Reflect.get(here, name) : undefined),
    tree,
  );
}
