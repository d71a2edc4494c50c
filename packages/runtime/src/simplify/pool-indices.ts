import type { Node, Pass, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';
import { halvesImages } from './pool-window.js';
import { lateRewritePass, type Rule } from './rewrite-pass.js';
import { type Shape, sizeOf } from './shape-arithmetic.js';

/** Below this many numbers the engine's own search costs less than a dozen nodes. */
const FEWEST_NUMBERS = 40_000;
/** Float32 holds whole numbers exactly up to here: positions within one image must fit. */
const LARGEST_EXACT = 2 ** 24;

type Images = readonly [number, number, number, number];

/** The maximum over the first `rows` x `columns` of each window, [N, C, H/2, W/2]. */
function partOfWindow(
  editor: GraphEditor,
  x: ValueId,
  window: readonly [number, number],
  pooled: Shape,
): ValueId {
  const attributes = { kernel_shape: window, strides: [2, 2], pads: [0, 0, 0, 0] };
  return editor.add('MaxPool', [x], { dtype: 'float32', shape: pooled }, attributes);
}

/** Positions in an image of the window's elements at an offset, [H/2, W/2]. */
function positions(editor: GraphEditor, [, , rows, columns]: Images, width: number, offset: number): ValueId {
  const data = Float32Array.from(
    { length: rows * columns },
    (_, index) => 2 * Math.floor(index / columns) * width + 2 * (index % columns) + offset,
  );
  return editor.constant({ dtype: 'float32', shape: [rows, columns], data });
}

/**
 * Where the first largest element of each window stands: the upper left one if it equals the maximum, else the upper right
 * one if the upper row reaches the maximum, else the lower left one if the left column does, else the lower right one.
 */
function firstLargest(editor: GraphEditor, x: ValueId, maximum: ValueId): ValueId {
  const pooled = editor.shapeOf(maximum) as Images;
  const [batch, channels, height, width] = editor.shapeOf(x) as Images;
  const reaches = (window: readonly [number, number]): ValueId =>
    editor.add('Equal', [partOfWindow(editor, x, window, pooled), maximum], { dtype: 'bool', shape: pooled });
  const spec = { dtype: 'float32', shape: pooled } as const;
  const at = (offset: number): ValueId => positions(editor, pooled, width, offset);
  const upper = editor.add('Where', [reaches([1, 1]), at(0), at(1)], spec);
  const lower = editor.add('Where', [reaches([2, 1]), at(width), at(width + 1)], spec);
  const inImage = editor.add('Where', [reaches([1, 2]), upper, lower], spec);
  const whole = editor.add('Cast', [inImage], { dtype: 'int64', shape: pooled }, { to: 7 });
  const starts = Int32Array.from({ length: batch * channels }, (_, image) => image * height * width);
  const base = editor.constant({ dtype: 'int64', shape: [batch, channels, 1, 1], data: starts });
  return editor.add('Add', [whole, base], { dtype: 'int64', shape: pooled });
}

/** The engine looks for the place of a maximum window by window, many times slower than for its value. */
const byComparison: Rule = (node: Node, editor) => {
  const [x] = node.inputs as readonly [ValueId];
  const [maximum, indices] = node.outputs as readonly [ValueId, ValueId | null | undefined];
  const shape = editor.shapeOf(x);
  if (indices === null || indices === undefined || !halvesImages(node, shape)) return undefined;
  const size = sizeOf(shape);
  // An odd height or width leaves windows of one row or column, whose parts are more than the whole.
  if (shape.slice(2).some((extent) => extent % 2 === 1)) return undefined;
  if (size < FEWEST_NUMBERS || size >= 2 ** 31 || sizeOf(shape.slice(2)) > LARGEST_EXACT) return undefined;
  const { dtype, shape: pooled } = editor.valueOf(maximum);
  const value = editor.add('MaxPool', [x], { dtype, shape: pooled }, node.attributes);
  editor.replace(indices, firstLargest(editor, x, value));
  return value;
};

/** Finds the places of maxima by comparing the maxima of parts of each window. */
export const poolIndices: Pass = lateRewritePass(
  'pool-indices',
  'Computes the indices of a 2x2 MaxPool from the maxima of parts of its windows, which the engine finds faster.',
  { MaxPool: byComparison },
);
