import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Constant, Graph } from '../../record/graph.js';
import { encodeModel } from './encode-model.js';

/** Runs a graph in ONNX Runtime with its own optimizer off, so that only ours is at work. */
export async function runGraph(
  graph: Graph,
  feeds: readonly Constant['data'][],
): Promise<Constant['data'][]> {
  const session = await InferenceSession.create(encodeModel(graph), {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
  });
  const inputs: Record<string, Tensor> = {};
  for (const [index, { id }] of graph.inputs.entries()) {
    const value = graph.values.get(id);
    if (value === undefined) throw new Error(`no value ${id}`);
    inputs[`v${id}`] = new Tensor(value.dtype as 'float32', feeds[index] as Float32Array, [...value.shape]);
  }
  const results = await session.run(inputs);
  await session.release();
  return graph.outputs.map((_, index) => results[`o${index}`]?.data as Constant['data']);
}
