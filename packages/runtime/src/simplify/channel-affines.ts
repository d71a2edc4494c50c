import type { Node, Pass, ValueId } from '../record/graph.js';
import { float } from '../record/graph-builder.js';
import { floatAttribute, integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { padShape, type Shape, sameShape, sizeOf } from './shape-arithmetic.js';
import { numberOf } from './uniform-constant.js';

/** Numbers per channel and image below which one pass over memory less does not pay for the node's own constants. */
const FEWEST_PER_CHANNEL = 8;
/** Numbers below which the reshapes around it cost more than it saves. */
const FEWEST_NUMBERS = 2048;

/** x · scale + offset, each one number per channel. */
interface Affine {
  readonly x: ValueId;
  /** `undefined` for 1. */
  readonly scale: ValueId | undefined;
  /** `undefined` for 0. */
  readonly offset: ValueId | undefined;
}

/** Reads a BatchNormalization with given statistics 0 and 1. */
function affineOf(node: Node | undefined, editor: GraphEditor): Affine | undefined {
  if (node?.op !== 'BatchNormalization' || integerAttribute(node, 'training_mode', 0) !== 0) return undefined;
  const [x, scale, offset, mean, variance] = node.inputs as readonly [
    ValueId,
    ValueId,
    ValueId,
    ValueId,
    ValueId,
  ];
  if (
    numberOf(editor, mean) !== 0 ||
    numberOf(editor, variance) !== 1 ||
    floatAttribute(node, 'epsilon', 1e-5) !== 0
  ) {
    return undefined;
  }
  return {
    x,
    scale: numberOf(editor, scale) === 1 ? undefined : scale,
    offset: numberOf(editor, offset) === 0 ? undefined : offset,
  };
}

function filled(editor: GraphEditor, channels: number, number: number): ValueId {
  return editor.constant({
    dtype: 'float32',
    shape: [channels],
    data: new Float32Array(channels).fill(number),
  });
}

/** One pass over x; none where the map is the identity. */
function addAffine(editor: GraphEditor, { x, scale, offset }: Affine): ValueId {
  if (scale === undefined && offset === undefined) return x;
  const value = editor.valueOf(x);
  const channels = value.shape[1] as number;
  const [zeros, ones] = [filled(editor, channels, 0), filled(editor, channels, 1)];
  const inputs = [x, scale ?? ones, offset ?? zeros, zeros, ones];
  return editor.add('BatchNormalization', inputs, value, { epsilon: float(0) });
}

/** (x·a + b)·c + d = x·(a·c) + (b·c + d); the identity is no node. */
const compose: Rule = (node, editor) => {
  const outer = affineOf(node, editor);
  if (outer === undefined) return undefined;
  if (outer.scale === undefined && outer.offset === undefined) return outer.x;
  const inner = editor.usesOf(outer.x) > 1 ? undefined : affineOf(editor.producerOf(outer.x), editor);
  if (inner === undefined) return undefined;
  const spec = { dtype: 'float32', shape: [editor.shapeOf(outer.x)[1] as number] } as const;
  const product = (left: ValueId | undefined, right: ValueId | undefined): ValueId | undefined =>
    left === undefined || right === undefined ? (left ?? right) : editor.add('Mul', [left, right], spec);
  const moved = inner.offset === undefined ? undefined : product(inner.offset, outer.scale);
  const offset =
    moved === undefined || outer.offset === undefined
      ? (moved ?? outer.offset)
      : editor.add('Add', [moved, outer.offset], spec);
  return addAffine(editor, { x: inner.x, scale: product(inner.scale, outer.scale), offset });
};

/** The shape [before, channels, after] in which an operand has one number per channel. */
function channelsOf(operand: Shape, output: Shape): readonly [number, number, number] | undefined {
  const padded = padShape(operand, output.length);
  const long = padded.flatMap((extent, axis) => (extent === 1 ? [] : [axis]));
  const [start, end] = [long[0], long.at(-1)];
  if (start === undefined || end === undefined) return undefined;
  const whole = padded.slice(start, end + 1).every((extent, index) => extent === output[start + index]);
  return whole
    ? [sizeOf(output.slice(0, start)), sizeOf(output.slice(start, end + 1)), sizeOf(output.slice(end + 1))]
    : undefined;
}

/** x · s and x + o with one number per channel: a BatchNormalization takes half the time of a broadcast operand. */
const fromBroadcast: Rule = (node, editor) => {
  const output = editor.valueOf(node.outputs[0] as ValueId);
  const [left, right] = node.inputs as readonly [ValueId, ValueId];
  if (output.dtype !== 'float32' || sizeOf(output.shape) < FEWEST_NUMBERS) return undefined;
  for (const [x, operand] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!sameShape(editor.shapeOf(x), output.shape)) continue;
    const view = channelsOf(editor.shapeOf(operand), output.shape);
    if (view === undefined || view[2] < FEWEST_PER_CHANNEL) continue;
    const channelsSecond = output.shape[1] === view[1] && output.shape[0] === view[0];
    const images = channelsSecond ? x : editor.reshape(x, view);
    const perChannel = editor.reshape(operand, [view[1]]);
    const [scale, offset] = node.op === 'Mul' ? [perChannel, undefined] : [undefined, perChannel];
    return editor.reshape(addAffine(editor, { x: images, scale, offset }), output.shape);
  }
  return undefined;
};

/** (conv(x, w) + b)·s + o = conv(x, w·s) + (b·s + o): no pass over the maps at all. */
const intoConvolution: Rule = (node, editor) => {
  const affine = affineOf(node, editor);
  if (affine === undefined || editor.usesOf(affine.x) > 1) return undefined;
  const convolution = editor.producedBy(affine.x, 'Conv');
  if (convolution === undefined) return undefined;
  const [image, filter, bias] = convolution.inputs as readonly [ValueId, ValueId, ValueId | null | undefined];
  if (sizeOf(editor.shapeOf(filter)) * 2 > sizeOf(editor.shapeOf(affine.x))) return undefined;
  const spec = editor.valueOf(filter);
  const channels = { dtype: 'float32', shape: [spec.shape[0] as number] } as const;
  const { scale, offset } = affine;
  const column = [spec.shape[0] as number, ...spec.shape.slice(1).map(() => 1)];
  const scaled =
    scale === undefined ? filter : editor.add('Mul', [filter, editor.reshape(scale, column)], spec);
  const old = bias ?? undefined;
  const kept = old === undefined || scale === undefined ? old : editor.add('Mul', [old, scale], channels);
  const sum =
    kept === undefined || offset === undefined
      ? (kept ?? offset)
      : editor.add('Add', [kept, offset], channels);
  return {
    ...convolution,
    inputs: sum === undefined ? [image, scaled] : [image, scaled, sum],
    outputs: node.outputs,
  };
};

/** Keeps maps that are affine per channel down to one pass over memory, or none. */
export const channelAffines: Pass = rewritePass(
  'channel-affines',
  'Makes x * scale + offset per channel one BatchNormalization, composes them, and takes them into convolutions.',
  { BatchNormalization: [compose, intoConvolution], Mul: fromBroadcast, Add: fromBroadcast },
);
