import { InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel, inputName, outputName } from '../../onnx/encode-model.js';
import type { Constant, Graph } from '../../record/graph.js';

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
  for (const [index, { id, name }] of graph.inputs.entries()) {
    const value = graph.values.get(id);
    if (value === undefined) throw new Error(`no value ${id}`);
    inputs[inputName(name)] = new Tensor(value.dtype as 'float32', feeds[index] as Float32Array, [
      ...value.shape,
    ]);
  }
  const results = await session.run(inputs);
  await session.release();
  return graph.outputs.map(({ name }) => results[outputName(name)]?.data as Constant['data']);
}
