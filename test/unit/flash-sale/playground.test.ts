import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/local/package-root.ts';
import { showPlayground } from '../../../examples/flash-sale/platform/playground.ts';

const addresses = {
  temporal: { address: '127.0.0.1:7', uiUrl: undefined },
  prometheus: { url: 'http://127.0.0.1:1' },
  alertmanager: { url: 'http://127.0.0.1:2' },
  consoleUrl: 'http://127.0.0.1:3/#token=of-this-start',
  cluster: { kubeconfigPath: '/tmp/run/kubeconfig' },
  configFile: "/tmp/it's/mendloop.yaml",
  pid: 4711,
};

const tools = {
  temporal: { path: '/cache/temporal' },
  kubectl: { path: '/cache/kubectl' },
  amtool: { path: "/home/it's me/amtool" },
};

it('begins with the console, and gives lines of `npx mendloop` that can be pasted anywhere', () => {
  const text = showPlayground(addresses, tools);
  expect(text.trimStart()).toMatch(/^Console {2,}http:\/\/127\.0\.0\.1:3\/#token=of-this-start\n/);
  expect(text).toContain(`  cd ${packageRoot()}\n`);
  expect(text).toContain(
    String.raw`  export TEMPORAL_ADDRESS=127.0.0.1:7 MENDLOOP_CONFIG='/tmp/it'\''s/mendloop.yaml'` + '\n',
  );
  for (const line of ['remediations', 'show latest', 'guards']) expect(text).toContain(`  npx mendloop ${line}\n`);
});

it('gives commands that can be pasted, whatever is on PATH', () => {
  const text = showPlayground(addresses, tools);
  expect(text).toContain(String.raw`  '/home/it'\''s me/amtool' alert add --alertmanager.url=http://127.0.0.1:2 `);
  expect(text).toContain('  http://127.0.0.1:3/#token=of-this-start\n');
  expect(text).toContain('  kill -s USR2 4711\n');
  expect(text).toContain('  /cache/kubectl --kubeconfig /tmp/run/kubeconfig ');
  expect(text).toContain('  /cache/temporal workflow show --address 127.0.0.1:7 --workflow-id "$ID"\n');
  expect(text).toContain(
    `  ID=$(/cache/temporal workflow list --address 127.0.0.1:7 --query 'WorkflowType="remediation"' `,
  );
});
