import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { ConfigProblem } from './config-error.ts';
import type { KeyPath } from './walk-schema.ts';

/** Position in a file, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlSource {
  /** Undefined for an empty file, and where the file cannot be read as YAML. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** Where a key stands; where it is missing, the nearest key above it. */
  positionOf(path: KeyPath): Position | undefined;
}

/**
 * Reads one document of YAML 1.2. Keys that stand twice, unknown tags and further documents are problems. Messages hold
 * no values of the file, in which an operator may have written a secret after all.
 */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  // Pretty errors quote the line they are about.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faults = [...document.errors, ...document.warnings];
  const problems: ConfigProblem[] = faults.map((fault) => ({
    key: '',
    ...at(fault.pos[0]),
    message: explain(fault, text),
  }));
  const readable = faults.every(({ code }) => code === 'DUPLICATE_KEY');
  let value: unknown;
  try {
    value = readable ? (document.toJS() ?? undefined) : undefined;
  } catch {
    problems.push({ key: '', message: 'an alias (*name) has no anchor (&name) before it, or expands without end' });
  }
  return {
    value,
    problems,
    positionOf(path) {
      const offset = offsetOf(document, path);
      return offset === undefined ? undefined : at(offset);
    },
  };
}

/** The parser's own words only where they never quote a value. */
function explain({ code, message, pos: [offset] }: YAMLError, text: string): string {
  switch (code) {
    case 'DUPLICATE_KEY': {
      const key = /^["']?[\w.-]+/.exec(text.slice(offset, offset + 100))?.[0].replace(/^["']/, '');
      return `the key ${key ?? ''} stands twice in one place`.replace('  ', ' ');
    }
    case 'TAG_RESOLVE_FAILED':
      return 'an unknown tag; a text that begins with ! needs quotes';
    case 'MULTIPLE_DOCS':
      return 'a second document (---) in the file';
    case 'TAB_AS_INDENT':
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return `not valid YAML: ${message}`;
    default:
      return `not valid YAML (${code})`;
  }
}

/** Follows a path as far as the document has it. */
function offsetOf(document: Document.Parsed, path: KeyPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    const here: unknown = isAlias(node) ? node.resolve(document) : node;
    if (isMap(here)) {
      // The last of two equal keys is the one whose value counts.
      const pair = here.items.findLast((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(here)) {
      node = here.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
