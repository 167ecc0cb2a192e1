import { describe, expect, it } from 'vitest';
import { findCalls } from '../../../src/clients/policy/find-calls.ts';

const find = (text: string, ...names: string[]) =>
  findCalls(text, names).map(({ name, line, column }) => `${name} ${line}:${column}`);

describe('calls of a built-in function', () => {
  it('are found with line and column, in the order of the text', () => {
    const text = 'package x\n\ny if {\n\ttime.now_ns() > 0\n\tsemver.compare("1.0.0", input.v) == 1\n}\n';
    expect(find(text, 'semver.compare', 'time.now_ns')).toEqual(['time.now_ns 4:2', 'semver.compare 5:2']);
  });

  it('are not what comments and strings say', () => {
    const text =
      '# time.now_ns()\nx := "time.now_ns() \\" time.now_ns()"\ny := `\ntime.now_ns()\n`\nz := time.now_ns ()\n';
    expect(find(text, 'time.now_ns')).toEqual(['time.now_ns 6:6']);
  });

  it('are found in the templates of strings', () => {
    expect(find('x := $"now {time.now_ns()}"', 'time.now_ns')).toEqual(['time.now_ns 1:13']);
  });

  it('are neither functions of longer names nor names that are not called', () => {
    const text = 'x := lib.time.now_ns(1)\ny := time.now_ns_ago(1)\nz := data.http.send\n';
    expect(find(text, 'time.now_ns', 'http.send')).toEqual([]);
  });
});
