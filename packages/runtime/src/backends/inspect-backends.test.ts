import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inspectBackends } from './inspect-backends.js';
import { inspectEngines } from './inspect-engines.js';

describe('inspectBackends', () => {
  it('reports every backend and leaves the active one as it was', async () => {
    await tf.setBackend('cpu');
    const reports = await inspectBackends();
    expect(reports.map(({ name }) => name)).toEqual(['node-gpu', 'node', 'webgpu', 'webgl', 'wasm', 'cpu']);
    expect(tf.getBackend()).toBe('cpu');
    const byName = Object.fromEntries(reports.map((report) => [report.name, report]));
    expect(byName.cpu).toEqual({
      name: 'cpu',
      status: 'ready',
      version: '4.22.0',
      device: 'processor, plain JavaScript',
    });
    expect(byName.wasm).toMatchObject({ status: 'ready', version: '4.22.0' });
    expect(byName.webgl).toEqual({ name: 'webgl', status: 'absent', reason: 'no WebGL here' });
  });
});

describe('inspectEngines', () => {
  it('reports versions and execution providers', async () => {
    const [native, web] = await inspectEngines();
    expect(native).toMatchObject({ name: 'onnxruntime-node', status: 'ready', version: '1.30.0' });
    expect(native?.status === 'ready' && native.providers).toContain('cpu');
    expect(web).toMatchObject({ name: 'onnxruntime-web', status: 'ready', version: '1.30.0' });
    expect(web?.status === 'ready' && web.providers).toContain('wasm');
  });
});
