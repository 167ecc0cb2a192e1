import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLogQuery } from '../../../src/domain/query/logql.ts';

const render = (expr: string, vars: Record<string, string | { prefix: string }> = {}) => renderLogQuery({ expr, vars });
const refused = expect.objectContaining({ type: 'QueryInvalid' }) as Error;

describe('variables of a LogQL query', () => {
  it.each([
    ['{app=$a}', '{app="x.y"}'],
    ['{app!=$a}', '{app!="x.y"}'],
    ['{app=~$a}', String.raw`{app=~"x\\.y"}`],
    ['{app!~ $a}', String.raw`{app!~ "x\\.y"}`],
    ['{app="b"} |= $a', '{app="b"} |= "x.y"'],
    ['{app="b"} != $a', '{app="b"} != "x.y"'],
    ['{app="b"} |~ $a', String.raw`{app="b"} |~ "x\\.y"`],
    ['{app="b"} !~ $a', String.raw`{app="b"} !~ "x\\.y"`],
    ['{app="b"} | json | level = $a', '{app="b"} | json | level = "x.y"'],
    ['sum(rate({app=$a} |= "z" [1m]))', 'sum(rate({app="x.y"} |= "z" [1m]))'],
  ])('%s becomes %s', (expr, expected) => {
    expect(render(expr, { a: 'x.y' })).toBe(expected);
  });

  it.each([
    ['{app=~$a}', String.raw`{app=~"^x\\.(?s:.*)"}`],
    ['{app="b"} |~ $a', String.raw`{app="b"} |~ "^x\\.(?s:.*)"`],
  ])('%s with a prefix becomes %s', (expr, expected) => {
    expect(render(expr, { a: { prefix: 'x.' } })).toBe(expected);
  });

  it('are left alone in strings and comments', () => {
    const expr = '{app=$a} |= "$b \\" $c" |~ `$d` # $e';
    expect(render(expr, { a: 'x' })).toBe('{app="x"} |= "$b \\" $c" |~ `$d` # $e');
  });

  it.each([
    ['an unknown one', '{app=$b}', { a: 'x' }],
    ['one that is not used', '{app="b"}', { a: 'x' }],
    ['one from the prototype', '{app=$constructor}', {}],
    ['a prefix after =', '{app=$a}', { a: { prefix: 'x' } }],
    ['a label name', '{$a="b"}', { a: 'x' }],
    ['part of an expression', 'sum(rate($a [1m]))', { a: '{app="b"}' }],
    ['a pattern', '{app="b"} |> $a', { a: '<_>' }],
    ['a negated pattern', '{app="b"} !> $a', { a: '<_>' }],
    ['an alternative, whose operator is elsewhere', '{app="b"} |~ "c" or $a', { a: '.*' }],
    ['a comparison of numbers', '{app="b"} | json | n >= $a', { a: '1' }],
    ['an equality of numbers', '{app="b"} | json | n == $a', { a: '1' }],
    ['a path of a JSON parser', '{app="b"} | json first=$a', { a: 'x' }],
    ['a field of a logfmt parser', '{app="b"} | logfmt first=$a', { a: 'x' }],
    ['a template', '{app="b"} | label_format d=$a', { a: '{{.x}}' }],
    ['a line template', '{app="b"} | line_format $a', { a: '{{.x}}' }],
    ['a function', '{app="b"} |= ip($a)', { a: '1.2.3.4' }],
  ])('refuses %s', (_, expr, vars) => {
    expect(() => render(expr, vars)).toThrow(refused);
  });

  it('takes every value for a value: nothing of it gets out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('=', '|='), (value, operator) => {
        const rendered = render(`{app="b"} |= "c" | x ${operator === '=' ? '=' : ''} "d" ${operator} $a | e="f"`, {
          a: value,
        });
        const [, literal] =
          /^\{app="b"\} \|= "c" \| x (?:=)? ?"d" (?:=|\|=) ("(?:[^"\\\n]|\\.)*") \| e="f"$/su.exec(rendered) ?? [];
        // JSON's escapes are a subset of Go's, which LogQL has, but for the long form of what JSON writes in two.
        const json = literal?.replace(/\\U([0-9a-f]{8})/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)));
        expect(JSON.parse(json ?? '')).toBe(value.toWellFormed());
      }),
    );
  });
});
