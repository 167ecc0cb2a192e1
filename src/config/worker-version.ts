import { ConfigError } from './config-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** As which version of which Worker Deployment of Temporal a worker polls. */
export interface WorkerVersion {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** Source: the variables that Temporal's worker controller gives to the Pods of a WorkerDeployment. */
const DEPLOYMENT = 'TEMPORAL_DEPLOYMENT_NAME';
const BUILD_ID = 'TEMPORAL_WORKER_BUILD_ID';

/** The Worker Deployment that the environment names; undefined: workers are unversioned. */
export function deploymentOfEnvironment(env: Env = process.env): string | undefined {
  return env[DEPLOYMENT] || undefined;
}

/**
 * The version that a worker has to poll as; undefined: none, it is unversioned. `built` is the build ID of its workflows.
 *
 * @throws ConfigError if the environment calls these workflows by another build ID: what is pinned to that one would be
 * replayed by workflows that decide otherwise.
 */
export function workerVersion(built: string, env: Env = process.env): WorkerVersion | undefined {
  const deploymentName = deploymentOfEnvironment(env);
  if (deploymentName === undefined) return undefined;
  const given = env[BUILD_ID];
  if (given !== undefined && given !== '' && given !== built) {
    const message =
      `is ${given}, and the workflows of this build have the build ID ${built}: set ${built} where the deployment names ` +
      'its build ID (in the chart: worker.workerDeployment.buildId)';
    throw new ConfigError('the environment', [{ key: BUILD_ID, message }]);
  }
  return { deploymentName, buildId: built };
}
