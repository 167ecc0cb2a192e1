/** A call of a function in a file of Rego. Lines and columns count from 1. */
export interface Call {
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** What holds no code: comments, raw strings over several lines, strings. A template (`$"..."`) may hold some. */
const NOT_CODE = /#[^\n]*|\$?`[^`]*`|\$?"(?:[^"\\\n]|\\.)*"/g;

/** A name that is called. Nothing before it makes it part of a longer one: `lib.time.now_ns` is another function. */
const CALLED = /(?<![\w.])[a-z]\w*(?:\.\w+)*(?=\s*\()/g;

/** The calls of these functions in a text of Rego, in its order. */
export function findCalls(text: string, names: readonly string[]): Call[] {
  const code = text.replace(NOT_CODE, (found) => (found.startsWith('$') ? found : found.replace(/[^\n]/g, ' ')));
  return [...code.matchAll(CALLED)]
    .filter(([name]) => names.includes(name))
    .map((call) => {
      const before = code.slice(0, call.index);
      return { name: call[0], line: before.split('\n').length, column: call.index - before.lastIndexOf('\n') };
    });
}
