import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import { analyzeQuery, renderQuery } from '../../../src/domain/query/promql.ts';
import { querySchema } from '../../../src/domain/plan/query.ts';

const render = (expr: string, vars: Record<string, unknown> = {}) => renderQuery(querySchema.parse({ expr, vars }));

/** What Go's `strconv.Unquote` makes of the escapes in use. */
const unquote = (literal: string): unknown =>
  JSON.parse(literal.replace(/\\U([0-9a-f]{8})/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16))));

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('renderQuery', () => {
  it.each([
    ['x{a=$a}', { a: 'plain' }, 'x{a="plain"}'],
    ['x{a=$a,b=$a}', { a: 'twice' }, 'x{a="twice",b="twice"}'],
    ['x{a=$a}', { a: '"} or vector(1) #' }, 'x{a="\\"} or vector(1) #"}'],
    ['x{a=$a}', { a: 'back\\slash' }, 'x{a="back\\\\slash"}'],
    ['x{a=$a}', { a: 'two\nlines' }, 'x{a="two\\nlines"}'],
    ['x{a=$a}', { a: 'nul\u0000' }, 'x{a="nul\\u0000"}'],
    ['x{a=$a}', { a: 'right\u202eto left' }, 'x{a="right\\u202eto left"}'],
    ['x{a=$a}', { a: 'tag\u{e0001}' }, 'x{a="tag\\U000e0001"}'],
    ['x{a=$a}', { a: 'broken\ufffd\ud800' }, 'x{a="broken\\ufffd\\ufffd"}'],
    ['x{a=$a}', { a: 'größe 大 😀' }, 'x{a="größe 大 😀"}'],
    ['x{a=$a}', { a: '$b' }, 'x{a="$b"}'],
    ['x{pod=~$p}', { p: { prefix: 'order-service-' } }, 'x{pod=~"order-service-(?s:.*)"}'],
    ['x{pod!~ $p}', { p: { prefix: 'a.b(' } }, 'x{pod!~ "a\\\\.b\\\\((?s:.*)"}'],
    ['x{a=~$a}', { a: '.*' }, 'x{a=~"\\\\.\\\\*"}'],
    ['label_replace(x, "a", "$1", "b", `(.*)$`)', {}, 'label_replace(x, "a", "$1", "b", `(.*)$`)'],
    [`x{a=~"b$",b=~'c\\'$d',c=~\`$e\`,d=$d}`, { d: 'v' }, `x{a=~"b$",b=~'c\\'$d',c=~\`$e\`,d="v"}`],
    ['x{a=$a} # costs $5', { a: 'v' }, 'x{a="v"} # costs $5'],
  ])('%s with %j', (expr, vars, expected) => {
    expect(render(expr, vars)).toBe(expected);
  });

  it.each([
    ['x{a=$a}', {}, '$a is unknown'],
    ['x{a=$Service}', { service: 'v' }, '$Service is unknown'],
    ['x{a=$constructor}', {}, '$constructor is unknown'],
    ['x{a=$}', {}, '$ is unknown'],
    ['x', { a: 'v' }, '$a is not used'],
    ['x{a="$a"}', { a: 'v' }, '$a is not used'],
    ['x{a=$a}', { a: { prefix: 'v' } }, '$a is a prefix'],
    ['x{a!=$a}', { a: { prefix: 'v' } }, '$a is a prefix'],
  ])('refuses %s with %j: %s', (expr, vars, message) => {
    expect(() => render(expr, vars)).toThrow(expect.objectContaining({ type: 'QueryInvalid' }) as Error);
    expect(() => render(expr, vars)).toThrow(message);
  });

  it('keeps every value one literal that reads as the value', () => {
    fc.assert(
      fc.property(anyText, (a) => {
        const literal = render('x{a=$a}', { a }).slice('x{a='.length, -1);
        expect(unquote(literal)).toBe(a.toWellFormed());
        expect(analyzeQuery(`x{a=${literal}}`).selectors).toMatchObject([{ text: `x{a=${literal}}` }]);
      }),
    );
  });

  it('makes of every prefix an expression that matches what begins with it, and nothing else', () => {
    fc.assert(
      fc.property(anyText.filter(Boolean), anyText, (prefix, other) => {
        const literal = render('x{a=~$a}', { a: { prefix } }).slice('x{a=~'.length, -1);
        const matches = (text: string) => new RegExp(`^(?:${String(unquote(literal))})$`).test(text);
        const wellFormed = prefix.toWellFormed();
        expect(matches(wellFormed + other)).toBe(true);
        expect(matches(other)).toBe(other.startsWith(wellFormed));
      }),
    );
  });
});

describe('analyzeQuery', () => {
  it.each([
    ['up', 0],
    ['rate(x[5m])', 300],
    ['rate(x[1h30m])', 5400],
    ['rate(x[1d2h3m4s5ms])', 93_784.005],
    ['rate(x[90])', 90],
    ['rate(x[.5])', 0.5],
    ['x offset 1w', 604_800],
    ['rate(x[1m] offset 1m)', 120],
    ['max_over_time(rate(x[1m])[10m:30s])', 660],
    ['max_over_time(rate(x[1m] offset 2m)[10m:] offset 1h)', 60 + 120 + 600 + 3600],
    ['avg_over_time(max_over_time(rate(x[1m])[5m:])[1h:])', 60 + 300 + 3600],
    ['rate(x[1m]) / rate(y[5m])', 300],
    ['histogram_quantile(0.95, sum by (le) (rate(x_bucket{a="b[9d]"}[10s]))) # [9d]', 10],
  ])('%s looks back %s s', (expr, seconds) => {
    expect(analyzeQuery(expr).maxWindowSeconds).toBeCloseTo(seconds, 6);
  });

  it('gives every distinct selector without its range, with how it is used', () => {
    const expr = 'sum(rate(x{a="b"}[5m] offset 1m)) / (y + rate(x{a="b"}[1m])) + {"odd name",c=~"d"} + y';
    expect(analyzeQuery(expr).selectors).toEqual([
      { text: 'x{a="b"}', backSeconds: 360, instant: false },
      { text: 'y', backSeconds: 0, instant: true },
      { text: '{"odd name",c=~"d"}', backSeconds: 0, instant: true },
    ]);
  });

  it('takes a selector that is used both ways by the stricter of both', () => {
    expect(analyzeQuery('x - sum(rate(x[1m]))').selectors).toEqual([{ text: 'x', backSeconds: 60, instant: true }]);
    expect(analyzeQuery('sum(rate(x[1m])) - x').selectors).toEqual([{ text: 'x', backSeconds: 60, instant: true }]);
  });

  it.each([
    ['', 'position 1'],
    ['sum(x', 'position 6'],
    ['x{a="b}', 'position 8'],
    ['x + + ', 'syntax error'],
    ['rate(x[5m0])', 'position 10'],
    ['x $', 'position 3'],
    ['x @ 10', 'the @ modifier'],
    ['max_over_time(x[5m:1m] @ end())', 'the @ modifier'],
    ['rate(x[1m] anchored)', 'anchored'],
    ['rate(x[1m] smoothed)', 'smoothed'],
    ['x offset -5m', 'not a plain positive duration'],
    ['rate(x[1m + 30s])', 'not a plain positive duration'],
    ['rate(x[inf])', 'not a plain positive duration'],
    ['time()', 'no series'],
    ['vector(1)', 'no series'],
    ['"text"', 'no series'],
  ])('refuses %j: %s', (expr, message) => {
    expect(() => analyzeQuery(expr)).toThrow(message);
    expect(() => analyzeQuery(expr)).toThrow(expect.objectContaining({ type: 'QueryInvalid' }) as Error);
  });

  it('answers any text with an analysis or with QueryInvalid', () => {
    const piece = fc.constantFrom(...'x y sum( rate( ) [5m] [5m:1m] offset @ {a="b"} + " \' ` # 5 -'.split(' '));
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
        ),
        (expr) => {
          try {
            expect(analyzeQuery(expr).selectors.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(MendloopError);
          }
        },
      ),
    );
  });

  it('stands the deepest nesting that a plan may hold', () => {
    expect(analyzeQuery(`${'('.repeat(2047)}x${')'.repeat(2047)}`).selectors).toHaveLength(1);
    expect(() => analyzeQuery('('.repeat(4096))).toThrow('syntax error');
  });
});
