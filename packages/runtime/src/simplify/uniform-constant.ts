import type { Constant, ValueId } from '../record/graph.js';
import type { GraphEditor } from './graph-editor.js';

const known = new WeakMap<Constant, number | null>();

/**
 * The number that fills a constant.
 *
 * @returns that number, or `undefined` for an empty constant or one with two different numbers.
 */
export function uniformNumber(constant: Constant | undefined): number | undefined {
  if (constant === undefined) return undefined;
  const cached = known.get(constant);
  if (cached !== undefined) return cached ?? undefined;
  const first = constant.data[0];
  const uniform = first !== undefined && constant.data.every((number: number) => Object.is(number, first));
  known.set(constant, uniform ? first : null);
  return uniform ? first : undefined;
}

/** The number that fills a value, where it is a constant filled with one number. */
export function numberOf(editor: GraphEditor, id: ValueId | null | undefined): number | undefined {
  return uniformNumber(editor.constantOf(id));
}
