import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTensor } from '@tasklearn/core';
import type { InferenceSession as Session } from 'onnxruntime-common';
import { importOptional } from '../backends/import-optional.js';
import type { OnnxRuntime } from '../engine/onnxruntime.js';
import { encodeModel, inputName } from '../onnx/encode-model.js';
import type { Graph, Value } from '../record/graph.js';
import { sizeOf } from '../simplify/shape-arithmetic.js';
import { parseProfile } from './parse-profile.js';
import type { Profile } from './profile.js';

/** How a graph is profiled. */
export interface ProfileOptions {
  /** Measured runs, >= 1. */
  readonly runs?: number;
  /** Runs before them. */
  readonly warmUp?: number;
  /** Threads inside one operator, >= 1. */
  readonly threads?: number;
  /** Operands by the graph's input names; those left out are drawn from a fixed sequence, integers are 0. */
  readonly inputs?: Readonly<Record<string, HostTensor>>;
}

/** Numbers in [-1, 1) that repeat after a prime number of steps. */
function operandFor({ dtype, shape }: Value): HostTensor {
  const size = sizeOf(shape);
  if (dtype === 'float32') {
    return {
      dtype,
      shape,
      data: Float32Array.from({ length: size }, (_, index) => ((index * 389) % 997) / 498.5 - 1),
    };
  }
  if (dtype === 'bool')
    return { dtype, shape, data: Uint8Array.from({ length: size }, (_, index) => index % 2) };
  return { dtype: 'int32', shape, data: new Int32Array(size) };
}

function feedsOf(
  graph: Graph,
  runtime: OnnxRuntime,
  inputs: NonNullable<ProfileOptions['inputs']>,
): Session.FeedsType {
  const feeds: Record<string, Session.FeedsType[string]> = {};
  for (const { id, name } of graph.inputs) {
    const { dtype, shape, data } = inputs[name] ?? operandFor(graph.values.get(id) as Value);
    feeds[inputName(name)] = new runtime.Tensor(dtype, data as Float32Array, shape);
  }
  return feeds;
}

async function measured(
  graph: Graph,
  runtime: OnnxRuntime,
  folder: string,
  options: ProfileOptions,
): Promise<string> {
  const { runs = 50, warmUp = 5, threads = 1, inputs = {} } = options;
  const session = await runtime.InferenceSession.create(encodeModel(graph), {
    graphOptimizationLevel: 'basic', // As compile does.
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    logSeverityLevel: 3,
  });
  const feeds = feedsOf(graph, runtime, inputs);
  for (let run = 0; run < warmUp + runs; run++) await session.run(feeds);
  session.endProfiling();
  await session.release();
  const [file] = await readdir(folder); // The engine adds the time to the name.
  return readFile(join(folder, file as string), 'utf8');
}

/**
 * Runs a graph in `onnxruntime-node` with its profiler on and says how long each operator takes. The profiler itself
 * costs about a microsecond per node, which small nodes show.
 *
 * @param graph - `compiled.graph(input).graph`.
 * @returns the profile; where `onnxruntime-node` is absent, `unavailable` with the reason.
 */
export async function profileGraph(graph: Graph, options: ProfileOptions = {}): Promise<Profile> {
  const imported = await importOptional('onnxruntime-node');
  if ('reason' in imported) return { status: 'unavailable', reason: imported.reason };
  const module = imported.module as unknown as OnnxRuntime & { readonly default?: OnnxRuntime };
  const runtime = module.InferenceSession === undefined ? (module.default as OnnxRuntime) : module;
  const folder = await mkdtemp(join(tmpdir(), 'tasklearn-profile-'));
  try {
    const json = await measured(graph, runtime, folder, options);
    const { runs = 50, warmUp = 5, threads = 1 } = options;
    return parseProfile(
      json,
      `onnxruntime-node, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      runs,
      warmUp,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
