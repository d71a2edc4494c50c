import { leavesOf, pathsOf, type Rng, TasklearnError, type Tree, treeFromLeaves } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { addKernelTable } from '../kernels/kernel-table.js';
import type { Graph } from './graph.js';
import { GraphBuilder } from './graph-builder.js';
import { symbolicBackend } from './kernel-registry.js';
import type { SymbolicBackend } from './symbolic-backend.js';
import { type RandomInputs, RandomRecorder } from './symbolic-rng.js';

/** Shape and type of one input leaf. */
export interface LeafType {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
}

/** A function as a graph. */
export interface Recording {
  readonly graph: Graph;
  /** What the graph's last inputs are filled with. */
  readonly random: RandomInputs;
  /** The structure of the output tree; its leaves are in the order of the graph's outputs. */
  readonly structure: Tree<unknown>;
}

/** A function from a tree of tensors to a tree of tensors. */
export type TensorFunction = (input: never, rng: Rng) => Tree<tf.Tensor>;

/**
 * Runs a function once on symbolic tensors and returns what it would compute as a graph. TensorFlow.js's own
 * automatic differentiation runs as usual, so derivatives of any order are recorded too.
 *
 * @param fn - pure; not called again when the graph runs.
 * @param input - a tree of leaf types.
 * @throws `NOT_RECORDABLE` if the function reads a tensor, or runs a kernel that has no recorded form
 * (then `details.kernel` names it).
 */
export function recordFunction(fn: TensorFunction, input: Tree<LeafType>): Recording {
  addKernelTable();
  const { name, backend } = symbolicBackend();
  const graph = new GraphBuilder();
  tf.backend(); // Initialises the default backend where none is chosen yet, so that it can be restored.
  const previous = tf.getBackend();
  backend.begin(graph);
  void tf.setBackend(name); // Takes effect at once: the backend needs no start-up.
  let recording: Recording | undefined;
  try {
    tf.tidy(() => {
      recording = trace(fn, input, graph, backend);
    });
  } catch (error) {
    disposeAbortedTape();
    throw withKernelName(error);
  } finally {
    void tf.setBackend(previous);
    backend.end();
  }
  return recording as unknown as Recording;
}

function trace(
  fn: TensorFunction,
  input: Tree<LeafType>,
  graph: GraphBuilder,
  backend: SymbolicBackend,
): Recording {
  const declare = (name: string, type: LeafType): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(backend.adopt(graph.input(name, type), 'an input'), backend);
  const paths = pathsOf(input);
  const leaves = leavesOf(input).map((leaf, index) => declare(paths[index] || 'input', leaf));
  let drawn = 0;
  const random = new RandomRecorder(({ shape }) => declare(`random/${drawn++}`, { dtype: 'float32', shape }));
  const output = fn(treeFromLeaves(input, leaves) as never, random.root());
  const outputPaths = pathsOf(output);
  const outputs = leavesOf(output).map((leaf, index) => {
    const name = outputPaths[index] || 'output';
    assertTensor(leaf, name);
    return { value: backend.valueFor(leaf), name };
  });
  const structure = treeFromLeaves(
    output,
    outputs.map((_, index) => index),
  );
  return {
    graph: graph.finish(outputs),
    random: { streams: random.streams, draws: random.draws },
    structure,
  };
}

function assertTensor(leaf: unknown, name: string): asserts leaf is tf.Tensor {
  if (leaf instanceof tf.Tensor) return;
  throw new TasklearnError(
    'NOT_RECORDABLE',
    `compile: a recorded function returns a tree of tensors, got ${typeof leaf} at '${name}'. Return tf.scalar(value) for a number.`,
    { path: name },
  );
}

/** TensorFlow.js keeps what derivatives need until they are taken; a function that threw never takes them. */
function disposeAbortedTape(): void {
  const { gradientDepth, activeTape } = tf.engine().state;
  if (gradientDepth > 0) return;
  for (const node of activeTape ?? []) tf.dispose(node.saved ?? []);
}

/** TensorFlow.js says that the symbolic backend has no such kernel; we say what that means. */
function withKernelName(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  const kernel = /kernel '([^']+)'.*'tasklearn-symbolic\+*'/i.exec(message)?.[1];
  if (kernel === undefined) return error;
  return new TasklearnError(
    'NOT_RECORDABLE',
    `compile: the function runs the kernel ${kernel}, which has no recorded form. Write it with other ops, add one with registerKernel, or run the function eagerly.`,
    { kernel, cause: error },
  );
}
