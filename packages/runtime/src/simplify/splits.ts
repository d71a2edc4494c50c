import type { Graph, Node, Pass, ValueId } from '../record/graph.js';
import { GraphEditor } from './graph-editor.js';
import { rangesOf } from './ranges-of.js';

/** A Slice that takes a run of one axis and all of the others. */
interface Piece {
  readonly axis: number;
  readonly start: number;
  readonly length: number;
}

/**
 * Slices that together are all of a value, one after the other, as one Split: packed parameters are unpacked by one node.
 */
export const splits: Pass = {
  name: 'splits',
  summary: 'Takes a value apart by one Split where slices of it are all of it.',
  late: true,
  run: split,
};

function split(graph: Graph): Graph {
  const slices = graph.nodes.filter(({ op }) => op === 'Slice');
  if (slices.length < 2) return graph;
  const editor = new GraphEditor(graph);
  const groups = new Map<ValueId, Map<Node, Piece>>();
  for (const node of slices) {
    const piece = pieceOf(node, editor);
    if (piece === undefined) continue;
    const source = node.inputs[0] as ValueId;
    groups.set(source, (groups.get(source) ?? new Map()).set(node, piece));
  }
  const whole = new Map(
    [...groups].filter(([source, pieces]) => tiles(editor.shapeOf(source), [...pieces.values()])),
  );
  if (whole.size === 0) return graph;
  for (const original of graph.nodes) {
    const node = editor.resolve(original);
    const pieces = original.op === 'Slice' ? whole.get(original.inputs[0] as ValueId) : undefined;
    if (pieces === undefined) editor.emit(node);
    else if (pieces.keys().next().value === original) addSplit(editor, node.inputs[0] as ValueId, pieces);
  }
  return editor.finish();
}

function pieceOf(node: Node, editor: GraphEditor): Piece | undefined {
  const shape = editor.shapeOf(node.inputs[0] as ValueId);
  const ranges = rangesOf(node, editor);
  const cut = ranges?.flatMap(({ length, step }, axis) =>
    length === shape[axis] && step === 1 ? [] : [axis],
  );
  const axis = cut?.[0];
  const range = axis === undefined ? undefined : ranges?.[axis];
  if (axis === undefined || cut?.length !== 1 || range?.step !== 1 || range.length === 0) return undefined;
  return { axis, start: range.start, length: range.length };
}

/** Whether pieces cover one axis of a shape from end to end, none twice. */
function tiles(shape: readonly number[], pieces: readonly Piece[]): boolean {
  const [first] = pieces;
  if (first === undefined || pieces.some(({ axis }) => axis !== first.axis)) return false;
  let covered = 0;
  for (const { start, length } of inOrder(pieces)) {
    if (start !== covered) return false;
    covered += length;
  }
  return covered === shape[first.axis];
}

function inOrder(pieces: readonly Piece[]): Piece[] {
  return [...pieces].sort((left, right) => left.start - right.start);
}

function addSplit(editor: GraphEditor, source: ValueId, pieces: ReadonlyMap<Node, Piece>): void {
  const value = editor.valueOf(source);
  const ordered = inOrder([...pieces.values()]);
  const axis = (ordered[0] as Piece).axis;
  const sizes = editor.integers(ordered.map(({ length }) => length));
  const specs = ordered.map(({ length }) => ({ dtype: value.dtype, shape: value.shape.with(axis, length) }));
  const parts = editor.addMany('Split', [source, sizes], specs, { axis });
  for (const [node, piece] of pieces)
    editor.replace(node.outputs[0] as ValueId, parts[ordered.indexOf(piece)] as ValueId);
}
