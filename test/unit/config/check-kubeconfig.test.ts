import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkKubeconfig } from '../../../src/config/check-kubeconfig.ts';
import { configSchema } from '../../../src/config/schema.ts';

let folder: string;
let present: string;
let absent: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mendloop-kubeconfig-'));
  present = join(folder, 'config');
  absent = join(folder, 'absent');
  writeFileSync(present, 'apiVersion: v1\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (kubernetes: object, env: Record<string, string> = {}) => {
  checkKubeconfig(configSchema.parse({ kubernetes }).kubernetes, env);
};

it('a kubeconfig that is not there is told in one line, with where it is named', () => {
  const line = (whence: string) => new RegExp(`^the kubeconfig ${absent}, named by ${whence}, cannot be read$`);
  expect(() => check({ kubeconfig: absent })).toThrow(line('kubernetes\\.kubeconfig'));
  expect(() => check({}, { KUBECONFIG: absent })).toThrow(line('\\$KUBECONFIG'));
  expect(() => check({}, { KUBECONFIG: [present, absent].join(delimiter) })).toThrow(line('\\$KUBECONFIG'));
});

it('one that is there, or that nobody named, is no fault', () => {
  check({ kubeconfig: present }, { KUBECONFIG: absent });
  check({}, { KUBECONFIG: present });
  check({}, { KUBECONFIG: '' });
  check({});
});
