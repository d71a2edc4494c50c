import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRng, eagerExecutor, type HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floats, normal } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';
import { writeOnnx } from './write-onnx.node.js';

type Weights = Readonly<Record<'w' | 'b', tf.Tensor>>;
interface Episode {
  readonly theta: Weights;
  readonly support: { readonly inputs: tf.Tensor; readonly targets: tf.Tensor };
  readonly query: tf.Tensor;
}

const linear = ({ w, b }: Weights, x: tf.Tensor) => tf.matMul(x, w).add(b);

/** Three gradient steps on the support set, then predictions for the query: a learner that learns. */
function adaptAndPredict({ theta, support, query }: Episode): { predictions: tf.Tensor } {
  let phi = theta;
  for (let step = 0; step < 3; step++) {
    const loss = (w: tf.Tensor, b: tf.Tensor) =>
      linear({ w, b }, support.inputs).sub(support.targets).square().mean() as tf.Scalar;
    const [dw, db] = tf.grads(loss)([phi.w, phi.b]) as [tf.Tensor, tf.Tensor];
    phi = { w: phi.w.sub(dw.mul(0.1)), b: phi.b.sub(db.mul(0.1)) };
  }
  return { predictions: linear(phi, query) };
}

const episode = {
  theta: { w: normal([3, 1]), b: floats([1], 0) },
  support: { inputs: normal([5, 3], 1), targets: normal([5, 1], 2) },
  query: normal([2, 3], 3),
};

/** Reads a model and feeds on its own, with nothing but ONNX Runtime. */
const program = `
const ort = require(process.argv[2]);
const feeds = JSON.parse(process.argv[4]);
(async () => {
  const session = await ort.InferenceSession.create(process.argv[3]);
  const tensors = {};
  for (const [name, { shape, data }] of Object.entries(feeds))
    tensors[name] = new ort.Tensor('float32', Float32Array.from(data), shape);
  const results = await session.run(tensors);
  const plain = Object.entries(results).map(([name, { dims, data }]) => [name, { dims, data: [...data] }]);
  process.stdout.write(JSON.stringify({ inputs: session.inputNames, results: Object.fromEntries(plain) }));
})();`;

let folder: string;

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'tasklearn-'));
});

afterAll(() => rm(folder, { recursive: true }));

describe('an exported learner', () => {
  it('adapts and predicts in a program that has ONNX Runtime and nothing of ours', async () => {
    const compiled = compile(adaptAndPredict);
    const path = join(folder, 'learner.onnx');
    await writeOnnx(path, compiled.toOnnx(episode));
    const leaves: Record<string, HostTensor> = {
      'in:theta/w': episode.theta.w,
      'in:theta/b': episode.theta.b,
      'in:support/inputs': episode.support.inputs,
      'in:support/targets': episode.support.targets,
      'in:query': episode.query,
    };
    const feeds = Object.entries(leaves).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]);
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    const script = join(folder, 'program.cjs');
    await writeFile(script, program);
    const { stdout } = await promisify(execFile)(process.execPath, [
      script,
      runtime,
      path,
      JSON.stringify(Object.fromEntries(feeds)),
    ]);
    const { inputs, results } = JSON.parse(stdout);
    expect([...inputs].sort()).toEqual(Object.keys(leaves).sort());
    const { predictions } = await eagerExecutor().prepare(adaptAndPredict).run(episode, createRng(0));
    expect(results['out:predictions'].dims).toEqual([2, 1]);
    for (const [index, value] of predictions.data.entries()) {
      expect(results['out:predictions'].data[index]).toBeCloseTo(value, 5);
    }
    compiled.dispose();
  });

  it('says where it could not be written', async () => {
    const absent = join(folder, 'absent', 'learner.onnx');
    await expect(writeOnnx(absent, new Uint8Array(1))).rejects.toMatchObject({
      code: 'WRITE_FAILED',
      details: { path: absent },
    });
  });
});
