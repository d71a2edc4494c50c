import { describe, expect, it } from 'vitest';
import { importOptional } from './import-optional.js';

describe('importOptional', () => {
  it('gives the module', async () => {
    const imported = await importOptional('vitest');
    expect('module' in imported && imported.module.describe).toBe(describe);
  });

  it('knows a package that is not installed from one that fails', async () => {
    expect(await importOptional('@tasklearn/nothing')).toEqual({
      absent: true,
      reason: '@tasklearn/nothing is not installed',
    });
    const load = () => Promise.reject(new Error('library not found\nstack'));
    expect(await importOptional('some-package', load)).toEqual({
      absent: false,
      reason: 'library not found',
    });
  });

  it('does not take the absence of another module for its own', async () => {
    const error = Object.assign(new Error("Cannot find package 'other'"), { code: 'ERR_MODULE_NOT_FOUND' });
    expect(await importOptional('some-package', () => Promise.reject(error))).toMatchObject({
      absent: false,
    });
  });
});
