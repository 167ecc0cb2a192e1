import { expect, it } from 'vitest';
import { workerVersion } from '../../../src/config/worker-version.ts';

const BUILT = '0123456789abcdef';

it.each([
  [{}, undefined],
  [{ TEMPORAL_DEPLOYMENT_NAME: '' }, undefined],
  [{ TEMPORAL_DEPLOYMENT_NAME: 'a/b' }, { deploymentName: 'a/b', buildId: BUILT }],
  [
    { TEMPORAL_DEPLOYMENT_NAME: 'a/b', TEMPORAL_WORKER_BUILD_ID: BUILT },
    { deploymentName: 'a/b', buildId: BUILT },
  ],
])('a worker with %j polls as %j', (env, version) => {
  expect(workerVersion(BUILT, env)).toEqual(version);
});

it('a worker whose workflows are not those of its version does not start', () => {
  const env = { TEMPORAL_DEPLOYMENT_NAME: 'a/b', TEMPORAL_WORKER_BUILD_ID: 'fedcba9876543210' };
  expect(() => workerVersion(BUILT, env)).toThrow(
    /TEMPORAL_WORKER_BUILD_ID: is fedcba9876543210, and the workflows of this build have the build ID 0123456789abcdef/,
  );
});
