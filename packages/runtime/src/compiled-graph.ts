import type { Tree } from '@tasklearn/core';
import type { CompileOptions } from './compile-options.js';
import { threadsFor } from './engine/estimate-work.js';
import type { Graph } from './record/graph.js';
import {
  type LeafType,
  type Recording,
  recordFunction,
  type TensorFunction,
} from './record/record-function.js';
import { defaultPasses, type PassReport, simplify } from './simplify/index.js';

/** A function as the graph that runs. */
export interface CompiledGraph extends Recording {
  /** The graph as recorded, before any pass. */
  readonly recorded: Graph;
  /** The graph that runs. */
  readonly graph: Graph;
  /** What each pass did. */
  readonly report: readonly PassReport[];
  /** Threads worth using; `undefined` for one per physical core. */
  readonly threads: number | undefined;
}

/** Records and simplifies a function for inputs of given types. */
export function compileGraph(
  fn: TensorFunction,
  types: Tree<LeafType>,
  options: CompileOptions,
): CompiledGraph {
  const recording = recordFunction(fn, types);
  const { simplify: wanted = true } = options;
  const passes = wanted === true ? defaultPasses : wanted === false ? [] : wanted;
  const { graph, report } = simplify(recording.graph, passes);
  return { ...recording, recorded: recording.graph, graph, report, threads: threadsFor(graph) };
}
