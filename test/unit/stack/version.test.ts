import { describe, expect, it } from 'vitest';
import { compareVersions, parseVersion, versionProblem } from '../../../src/local/servers/version.ts';

describe('parseVersion', () => {
  it.each([
    ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', '1.5.1'],
    ['Version: 1.22.2\nBuild Commit: \nGo Version: go1.26.8', '1.22.2'],
    ['etcd Version: 3.6.16\nGit SHA: Not provided', '3.6.16'],
    ['Kubernetes v1.36.1', '1.36.1'],
    ['kwok version v0.8.0 go1.26.8 (linux/amd64)', '0.8.0'],
    ['prometheus, version 2.42.0+ds (branch: debian/sid)\n  go version: go1.19.8', '2.42.0'],
    ['alertmanager, version 0.29.0-rc.1 (branch: HEAD)', '0.29.0'],
  ])('finds it in what programs print: %j', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  it('finds none where there is none', () => {
    expect(parseVersion('usage: thing [--help]')).toBeUndefined();
  });
});

describe('compareVersions', () => {
  it('orders by number, not by letter', () => {
    const sorted = ['1.10.0', '1.9.9', '0.99.0', '1.9.10', '2.0.0'].sort(compareVersions);
    expect(sorted).toEqual(['0.99.0', '1.9.9', '1.9.10', '1.10.0', '2.0.0']);
  });

  it('finds equal ones equal', () => {
    expect(compareVersions('3.6.16', '3.6.16')).toBe(0);
  });
});

describe('versionProblem', () => {
  const range = { min: '1.36.0', below: '1.37.0' };

  it('accepts the lower end and refuses the upper one', () => {
    expect(versionProblem('1.36.0', range)).toBeUndefined();
    expect(versionProblem('1.36.9', range)).toBeUndefined();
    expect(versionProblem('1.37.0', range)).toBe('version 1.37.0 is not below 1.37.0');
    expect(versionProblem('1.35.9', range)).toBe('version 1.35.9 is older than 1.36.0');
  });

  it('knows ranges without an upper end', () => {
    expect(versionProblem('99.0.0', { min: '1.0.0' })).toBeUndefined();
  });
});
