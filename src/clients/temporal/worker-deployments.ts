import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { GrpcCode, grpcFault, inTime, temporalFailure } from './temporal-failure.ts';
import type { Version } from './routing.ts';

export interface CurrentVersion {
  /** Of the versions that the server knows. */
  readonly known: readonly string[];
  /** Build ID; absent: ordinary starts go to unversioned workers. */
  readonly current?: string;
}

/** What Temporal knows of a Worker Deployment; undefined: no worker has polled under its name. */
export async function readDeployment(client: Client, deploymentName: string): Promise<CurrentVersion | undefined> {
  const { namespace } = client.options;
  try {
    const { workerDeploymentInfo: info } = await inTime(client, () =>
      client.workflowService.describeWorkerDeployment({ namespace, deploymentName }),
    );
    const known = (info?.versionSummaries ?? []).flatMap(({ deploymentVersion }) => deploymentVersion?.buildId ?? []);
    const current = info?.routingConfig?.currentDeploymentVersion?.buildId;
    return { known, ...(current ? { current } : {}) };
  } catch (error) {
    if (grpcFault(error)?.code === GrpcCode.NotFound) return undefined;
    throw temporalFailure(error);
  }
}

/**
 * Has ordinary starts go to a version, once a worker of it polls: until then Temporal does not know it, and it is asked
 * again each second for `waitSeconds`. Gives the build ID that was current; undefined: unversioned workers were.
 *
 * @throws Error saying what Temporal knows instead; MendloopError `TemporalUnavailable`.
 */
export async function setCurrentVersion(
  client: Client,
  { deploymentName, buildId }: Version,
  { waitSeconds }: { readonly waitSeconds: number },
): Promise<string | undefined> {
  const { namespace } = client.options;
  for (let tries = 0; ; tries += 1) {
    const deployment = await readDeployment(client, deploymentName);
    if (deployment?.known.includes(buildId) === true) {
      if (deployment.current === buildId) return buildId;
      try {
        await inTime(client, () =>
          client.workflowService.setWorkerDeploymentCurrentVersion({
            ...{ namespace, deploymentName, buildId },
            identity: client.options.identity,
          }),
        );
        return deployment.current;
      } catch (error) {
        // A version that has just been heard of has not told all of its task queues yet.
        if (grpcFault(error)?.code !== GrpcCode.FailedPrecondition || tries >= waitSeconds) {
          throw temporalFailure(error);
        }
      }
    } else if (tries >= waitSeconds) {
      const known =
        deployment === undefined ? 'no worker has polled under that name' : `known: ${deployment.known.join(', ')}`;
      throw new Error(`the deployment ${deploymentName} has no version ${buildId}: ${known}`);
    }
    await setTimeout(1_000);
  }
}
