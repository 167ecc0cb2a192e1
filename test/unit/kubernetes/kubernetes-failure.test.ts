import { describe, expect, it } from 'vitest';
import { failureOf, isFailedPatch, isVersionGone } from '../../../src/clients/kubernetes/kubernetes-failure.ts';
import { answered, DENIED, FAILED_PATCH, INVALID } from './answers.ts';

describe('a refusal of the API server', () => {
  it.each([
    [401, 'KubernetesForbidden'],
    [403, 'KubernetesForbidden'],
    [404, 'TargetNotFound'],
    [409, 'TargetChanged'],
    [410, 'KubernetesInvalid'],
    [422, 'KubernetesInvalid'],
    [429, 'KubernetesThrottled'],
    [500, 'KubernetesUnavailable'],
  ])('of status %i is %s, and keeps what was said', (status, type) => {
    const failure = answered({ status, reason: 'Why', message: 'because', details: { secret: 'x' } });
    expect(failure).toMatchObject({ type, message: `PATCH /scale: ${status} Why because` });
    expect(failure.answer).toEqual({ status, reason: 'Why', message: 'because', causes: [] });
  });

  it('says nothing of an answer that is no Status', () => {
    const failure = failureOf({ method: 'GET', what: '/x' }, { status: 400, body: '<html>', retryAfter: null });
    expect(failure).toMatchObject({ message: 'GET /x: 400', answer: { status: 400, reason: '', message: '' } });
  });

  it.each([
    ['3', 3000],
    ['86400', 600_000],
    ['0', undefined],
    ['Wed, 21 Oct 2015 07:28:00 GMT', undefined],
    ['Infinity', undefined],
    ['soon', undefined],
    [undefined, undefined],
  ])('with Retry-After %s is waited for %s ms, never too long', (retryAfter, wait) => {
    expect(answered({ status: 429, ...(retryAfter !== undefined && { retryAfter }) }).retryAfterMs).toBe(wait);
  });
});

describe('a patch that did not apply', () => {
  it('is told by the words of the API server for it', () => {
    expect(isFailedPatch(answered(FAILED_PATCH))).toBe(true);
  });

  it.each([
    ['a denial by an admission policy', answered(DENIED)],
    ['a value that is not valid', answered(INVALID)],
    ['a 422 without words', answered({ status: 422 })],
    ['a name with a number', answered({ ...INVALID, status: 400 }, '/deployments/shop-422/scale')],
    ['the same words of another status', answered({ ...FAILED_PATCH, status: 400 })],
    ['what is no answer', new Error('422')],
  ])('is not %s', (_what, error) => {
    expect(isFailedPatch(error)).toBe(false);
  });
});

it('tells that a version is gone by the status', () => {
  expect(isVersionGone(answered({ status: 410, reason: 'Gone' }))).toBe(true);
  expect(isVersionGone(answered({ status: 404, message: '410' }))).toBe(false);
});
