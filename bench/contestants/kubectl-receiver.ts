/**
 * The receiver that people write first: a webhook that runs `kubectl scale`, without memory or proof. A process of its
 * own, as it would be.
 *
 *     node bench/contestants/kubectl-receiver.ts PORT KUBECTL KUBECONFIG REPLICAS
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const [port = '', kubectl = '', kubeconfig = '', replicas = ''] = process.argv.slice(2);
const run = promisify(execFile);

interface Notification {
  readonly alerts: readonly { readonly labels: { readonly namespace: string; readonly deployment: string } }[];
}

async function scaleAll(body: string): Promise<void> {
  const { alerts } = JSON.parse(body) as Notification;
  for (const { labels } of alerts) {
    const { namespace, deployment } = labels;
    const args = ['scale', 'deployment', deployment, '--namespace', namespace, `--replicas=${replicas}`];
    await run(kubectl, [...args, '--kubeconfig', kubeconfig]);
  }
}

createServer((request, response) => {
  void text(request)
    .then((body) => (request.method === 'POST' ? scaleAll(body) : undefined))
    .then(
      () => response.end(),
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end(String(error));
      },
    );
}).listen(Number(port), '127.0.0.1');
