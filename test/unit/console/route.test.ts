import { describe, expect, it } from 'vitest';
import { historyHref, NO_FILTER, parseRoute, remediationHref } from '../../../src/console/route.ts';

describe('addresses of the console', () => {
  it('lead to a view', () => {
    expect(parseRoute('')).toEqual({ view: 'now' });
    expect(parseRoute('#/')).toEqual({ view: 'now' });
    expect(parseRoute('#/history')).toEqual({ view: 'history', filter: NO_FILTER });
    expect(parseRoute('#/unhandled')).toEqual({ view: 'unhandled' });
    expect(parseRoute('#/elsewhere')).toEqual({ view: 'missing' });
  });

  it.each(['remediation/default/A%2FB/0123456789abcdef/1', 'remediation/eu/a?b#c/0123456789abcdef/1', '100 %'])(
    'hold the ID %s whole',
    (id) => {
      expect(parseRoute(remediationHref(id))).toEqual({ view: 'remediation', id });
    },
  );

  it('hold a filter whole', () => {
    const filter = { ...NO_FILTER, q: 'a&b=c #1', outcome: ['denied', 'expired'], mode: 'auto', since: '24' };
    expect(parseRoute(historyHref(filter))).toEqual({ view: 'history', filter });
    expect(historyHref({})).toBe('#/history');
  });

  it('that are broken lead nowhere', () => {
    expect(parseRoute('#/remediations/%E0%A4%A')).toEqual({ view: 'missing' });
  });
});
