import { expect, it } from 'vitest';
import { showPlayground } from '../../../examples/flash-sale/platform/playground.ts';

const addresses = {
  temporal: { address: '127.0.0.1:7', uiUrl: undefined },
  prometheus: { url: 'http://127.0.0.1:1' },
  alertmanager: { url: 'http://127.0.0.1:2' },
  consoleUrl: 'http://127.0.0.1:3/#token=of-this-start',
  cluster: { kubeconfigPath: '/tmp/run/kubeconfig' },
  pid: 4711,
};

it('gives commands that can be pasted, whatever is on PATH', () => {
  const text = showPlayground(addresses, {
    temporal: { path: '/cache/temporal' },
    kubectl: { path: '/cache/kubectl' },
    amtool: { path: "/home/it's me/amtool" },
  });
  expect(text).toContain(String.raw`  '/home/it'\''s me/amtool' alert add --alertmanager.url=http://127.0.0.1:2 `);
  expect(text).toContain('  http://127.0.0.1:3/#token=of-this-start\n');
  expect(text).toContain('  kill -s USR2 4711\n');
  expect(text).toContain('  /cache/kubectl --kubeconfig /tmp/run/kubeconfig ');
  expect(text).toContain('  /cache/temporal workflow show --address 127.0.0.1:7 --workflow-id "$ID"\n');
  expect(text).toContain(
    `  ID=$(/cache/temporal workflow list --address 127.0.0.1:7 --query 'WorkflowType="remediation"' `,
  );
});
