import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { closeServer } from '../runner/close-server.ts';
import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';

/** Milliseconds between two looks at the Pods. */
const LOOK_MS = 200;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly [Container] };
  readonly status: { readonly phase: string };
}

interface Node {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly status: { readonly addresses?: object; readonly daemonEndpoints?: object };
}

interface Ended {
  readonly exitCode: number;
  readonly log: string;
  /** RFC 3339. */
  readonly finishedAt: string;
}

export interface ScriptRunnerOptions {
  /** Of the template whose Pods it runs. */
  readonly template: string;
  /** What lies in the image: paths of its programs, and the files here that they are. */
  readonly programs: Readonly<Record<string, string>>;
  /** What the cluster's DNS and network would do: from the URL of a Service to that of a process here. */
  readonly services: Readonly<Record<string, string>>;
}

/**
 * What a kubelet does for the Pods of a template, which kwok leaves alone: it runs the command with the variables of the
 * environment put in, as a process of this machine; tells how it ended; and serves what it wrote, as the Pod's log.
 */
export class ScriptRunner {
  /** Names of the Pods whose log was asked for. */
  readonly readLogs = new Set<string>();
  readonly #here: Here;
  readonly #options: ScriptRunnerOptions;
  /** By the Pod's name. */
  readonly #runs = new Map<string, { readonly startedAt: string; readonly ended: Promise<Ended> }>();
  readonly #logs = new Map<string, string>();
  readonly #server: Server;

  private constructor(here: Here, options: ScriptRunnerOptions, server: Server) {
    this.#here = here;
    this.#options = options;
    this.#server = server;
    server.on('request', ({ url = '' }, response) => {
      const [, name = ''] = /^\/containerLogs\/[^/]+\/([^/]+)\//.exec(url) ?? [];
      this.readLogs.add(name);
      response.end(this.#logs.get(name));
    });
  }

  static async start(here: Here, options: ScriptRunnerOptions): Promise<ScriptRunner> {
    const pki = join(dirname(here.cluster.plane.kubeconfigPath), 'pki');
    const [key, cert] = await Promise.all(
      ['apiserver.key', 'apiserver.crt'].map((file) => readFile(join(pki, file), 'utf8')),
    );
    const runner = new ScriptRunner(here, options, createServer({ key, cert } as { key: string; cert: string }));
    await once(runner.#server.listen(0, '127.0.0.1'), 'listening');
    here.stack.add({ stop: () => runner.#stop() });
    await runner.#serveLogs();
    repeat(here, LOOK_MS, () => runner.#look());
    return runner;
  }

  /** The nodes say that their kubelets are here, until the example ends. */
  async #serveLogs(): Promise<void> {
    const { cluster, stack } = this.#here;
    const { port: Port } = this.#server.address() as AddressInfo;
    const { items } = await cluster.get<{ items: Node[] }>('/api/v1/nodes');
    for (const { metadata, status } of items) {
      const path = `/api/v1/nodes/${metadata.name}/status`;
      const { addresses = null, daemonEndpoints = null } = status;
      stack.add({ stop: () => cluster.patch(path, { status: { addresses, daemonEndpoints } }) });
      const kubelet = {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port } },
      };
      await cluster.patch(path, { status: kubelet });
    }
  }

  async #look(): Promise<void> {
    const { cluster, namespace } = this.#here;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const selector = encodeURIComponent(`mendloop.dev/template=${this.#options.template}`);
    const { items } = await cluster.get<{ items: Pod[] }>(`${path}?labelSelector=${selector}`);
    for (const { metadata, spec, status } of items) {
      if (spec.nodeName === undefined || !['Pending', 'Running'].includes(status.phase)) continue;
      await this.#run(`${path}/${metadata.name}/status`, metadata.name, spec.containers[0]);
    }
  }

  /** Runs it once, and tells how it goes as often as it takes. */
  async #run(path: string, name: string, container: Container): Promise<void> {
    const { cluster } = this.#here;
    const run = this.#runs.get(name) ?? { startedAt: new Date().toISOString(), ended: this.#execute(container) };
    this.#runs.set(name, run);
    const { startedAt } = run;
    const tell = (phase: string, state: object) => {
      const { name: of, image } = container;
      const said = { name: of, image, imageID: '', restartCount: 0, ready: phase === 'Running', state };
      return cluster.patch(path, { status: { phase, startTime: startedAt, containerStatuses: [said] } });
    };
    await tell('Running', { running: { startedAt } });
    const { exitCode, log, finishedAt } = await run.ended;
    this.#logs.set(name, log);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    await tell(exitCode === 0 ? 'Succeeded' : 'Failed', { terminated: { exitCode, reason, startedAt, finishedAt } });
  }

  #execute({ command, env }: Container): Promise<Ended> {
    const { programs, services } = this.#options;
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const [program = '', ...args] = command.map((word) =>
      word.replaceAll(/\$\((\w+)\)/g, (whole, name: string) => variables[name] ?? whole),
    );
    const resolved = args.map((word) =>
      Object.entries(services).reduce((text, [service, url]) => text.replace(service, url), word),
    );
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [programs[program] ?? program, ...resolved],
        { env: variables },
        (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
          resolve({ exitCode, log: `${stdout}${stderr}`, finishedAt: new Date().toISOString() });
        },
      );
    });
  }

  async #stop(): Promise<void> {
    await closeServer(this.#server);
  }
}
