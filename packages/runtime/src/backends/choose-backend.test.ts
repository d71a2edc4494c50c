import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseBackend, chosenBackend } from './choose-backend.js';

async function refusal(run: () => Promise<unknown>): Promise<TasklearnError> {
  const error = await run().catch((caught) => caught);
  if (!TasklearnError.is(error)) throw new Error(`expected a TasklearnError, got ${error}`);
  return error;
}

describe('chooseBackend', () => {
  afterEach(async () => {
    vi.restoreAllMocks();
    await tf.setBackend('cpu');
  });

  it.each(['cpu', 'wasm'] as const)('starts %s, computes on it and remembers the choice', async (name) => {
    const choice = await chooseBackend(name);
    expect(choice).toMatchObject({ name, skipped: [] });
    expect(choice.device).toContain('processor');
    expect(tf.getBackend()).toBe(name);
    expect(chosenBackend()).toBe(choice);
  });

  it('refuses a backend that cannot start, and changes nothing', async () => {
    await chooseBackend('cpu');
    const error = await refusal(() => chooseBackend('webgl'));
    expect(error.code).toBe('BACKEND_UNAVAILABLE');
    expect(error.details).toMatchObject({ backend: 'webgl', tried: [{ name: 'webgl', status: 'absent' }] });
    expect(tf.getBackend()).toBe('cpu');
    expect(chosenBackend()?.name).toBe('cpu');
  });

  it('refuses a name that it does not know', async () => {
    const error = await refusal(() => chooseBackend('gpu' as 'cpu'));
    expect(error.code).toBe('INVALID_OPTION');
    expect(error.details).toMatchObject({ option: 'backend', value: 'gpu' });
  });

  it('says why a package that is installed does not start', async () => {
    const loaders = { wasm: () => Promise.reject(new Error('wrong processor')) };
    tf.removeBackend('wasm');
    const error = await refusal(() => chooseBackend('wasm', { loaders }));
    expect(error.details).toMatchObject({ reason: 'wrong processor', tried: [{ status: 'failed' }] });
  });

  it('auto takes the first that starts, and reports what it passed over, in silence', async () => {
    const spy = vi.spyOn(console, 'warn');
    const before = tf.memory().numTensors;
    const { name, skipped } = await chooseBackend('auto');
    const order = ['node-gpu', 'node', 'webgpu', 'webgl', 'wasm', 'cpu'];
    expect(skipped.map((report) => report.name)).toEqual(order.slice(0, order.indexOf(name)));
    for (const report of skipped) expect(report).toMatchObject({ reason: expect.stringMatching(/\w/) });
    expect(tf.memory().numTensors).toBe(before);
    expect(spy).not.toHaveBeenCalled();
  });
});
