import type { Node, Pass, ValueId } from '../record/graph.js';
import { integerAttribute } from './attributes-of.js';
import type { GraphEditor } from './graph-editor.js';
import { rangesOf } from './ranges-of.js';
import { type Rule, rewritePass } from './rewrite-pass.js';
import { normalizeAxes, sameShape } from './shape-arithmetic.js';
import type { AxisRange } from './sliced-range.js';

/** The end of a range as Slice wants it: before the first element, for steps backwards, is "far below zero". */
function endOf({ start, length, step }: AxisRange): number {
  const end = start + length * step;
  return end < 0 ? -(2 ** 31) + 1 : end;
}

/** A Slice of the axes that are not taken whole. */
function slice(editor: GraphEditor, id: ValueId, ranges: readonly AxisRange[]): ValueId {
  const value = editor.valueOf(id);
  const whole = ({ start, length, step }: AxisRange, axis: number) =>
    start === 0 && step === 1 && length === value.shape[axis];
  const axes = ranges.flatMap((range, axis) => (whole(range, axis) ? [] : [axis]));
  if (axes.length === 0) return id;
  const taken = axes.map((axis) => ranges[axis] as AxisRange);
  const operands = [taken.map(({ start }) => start), taken.map(endOf), axes];
  if (taken.some(({ step }) => step !== 1)) operands.push(taken.map(({ step }) => step));
  const shape = ranges.map(({ length }) => length);
  return editor.add('Slice', [id, ...operands.map((numbers) => editor.integers(numbers))], {
    dtype: value.dtype,
    shape,
  });
}

/** A slice of everything is the operand; a slice of a slice is one slice. */
const ofSlice: Rule = (node, editor) => {
  const [input] = node.inputs as readonly [ValueId];
  if (sameShape(editor.shapeOf(input), editor.shapeOf(node.outputs[0] as ValueId))) {
    if (rangesOf(node, editor)?.every(({ step }) => step === 1)) return input;
  }
  const earlier = editor.producedBy(input, 'Slice');
  if (earlier === undefined) return undefined;
  const [outer, inner] = [rangesOf(node, editor), rangesOf(earlier, editor)];
  if (outer === undefined || inner === undefined) return undefined;
  const ranges = outer.map(({ start, length, step }, axis) => {
    const base = inner[axis] as AxisRange;
    return { start: base.start + start * base.step, length, step: step * base.step };
  });
  return slice(editor, earlier.inputs[0] as ValueId, ranges);
};

/** A slice that lies within one operand of a Concat is a slice of that operand. */
const ofConcat: Rule = (node, editor) => {
  const concat = editor.producedBy(node.inputs[0], 'Concat');
  const ranges = concat === undefined ? undefined : rangesOf(node, editor);
  if (concat === undefined || ranges === undefined) return undefined;
  const axis = concatAxis(concat, editor);
  const { start, length, step } = ranges[axis] as AxisRange;
  if (step < 1 || length === 0) return undefined;
  let offset = 0;
  for (const input of concat.inputs as readonly ValueId[]) {
    const extent = editor.shapeOf(input)[axis] as number;
    if (start >= offset && start + (length - 1) * step < offset + extent) {
      return slice(editor, input, ranges.with(axis, { start: start - offset, length, step }));
    }
    offset += extent;
  }
  return undefined;
};

function concatAxis(node: Node, editor: GraphEditor): number {
  const rank = editor.shapeOf(node.outputs[0] as ValueId).length;
  return normalizeAxes([integerAttribute(node, 'axis', 0)], rank)[0] as number;
}

/** A Concat of one operand is that operand; operands without elements add nothing. */
const fewOperands: Rule = (node, editor) => {
  const axis = concatAxis(node, editor);
  const inputs = (node.inputs as readonly ValueId[]).filter((input) => editor.shapeOf(input)[axis] !== 0);
  if (inputs.length === 1) return inputs[0] as ValueId;
  return inputs.length === 0 || inputs.length === node.inputs.length ? undefined : { ...node, inputs };
};

/** Neighbouring slices of one value, put together again, are one slice. */
const ofNeighbours: Rule = (node, editor) => {
  const axis = concatAxis(node, editor);
  const inputs: ValueId[] = [];
  for (const input of node.inputs as readonly ValueId[]) {
    const joined = inputs.length === 0 ? undefined : join(editor, inputs.at(-1) as ValueId, input, axis);
    if (joined === undefined) inputs.push(input);
    else inputs[inputs.length - 1] = joined;
  }
  if (inputs.length === node.inputs.length) return undefined;
  return inputs.length === 1 ? (inputs[0] as ValueId) : { ...node, inputs };
};

function join(editor: GraphEditor, left: ValueId, right: ValueId, axis: number): ValueId | undefined {
  const [first, second] = [editor.producedBy(left, 'Slice'), editor.producedBy(right, 'Slice')];
  if (first === undefined || second === undefined || first.inputs[0] !== second.inputs[0]) return undefined;
  const [before, after] = [rangesOf(first, editor), rangesOf(second, editor)];
  if (before === undefined || after === undefined) return undefined;
  const fits = before.every((range, index) => {
    const next = after[index] as AxisRange;
    if (range.step !== 1 || next.step !== 1) return false;
    if (index === axis) return range.start + range.length === next.start;
    return range.start === next.start && range.length === next.length;
  });
  if (!fits) return undefined;
  const length = (before[axis] as AxisRange).length + (after[axis] as AxisRange).length;
  return slice(
    editor,
    first.inputs[0] as ValueId,
    before.with(axis, { ...(before[axis] as AxisRange), length }),
  );
}

/** A Concat along the same axis as its operand's Concat takes that one's operands. */
const ofConcats: Rule = (node, editor) => {
  const axis = concatAxis(node, editor);
  const flatten = (input: ValueId): readonly ValueId[] => {
    const inner = editor.usesOf(input) > 1 ? undefined : editor.producedBy(input, 'Concat');
    return inner !== undefined && concatAxis(inner, editor) === axis
      ? (inner.inputs as readonly ValueId[])
      : [input];
  };
  const inputs = (node.inputs as readonly ValueId[]).flatMap(flatten);
  return inputs.length === node.inputs.length ? undefined : { ...node, inputs };
};

/** Removes round trips between Concat and Slice, as packed training state makes them. */
export const slices: Pass = rewritePass(
  'slices',
  'Removes slices of everything, of a slice, of one operand of a Concat; and Concat of neighbouring slices.',
  { Slice: [ofSlice, ofConcat], Concat: [fewOperands, ofNeighbours, ofConcats] },
);
