import type { Constant } from '../record/graph.js';
import { normalizeAxes, type Shape } from './shape-arithmetic.js';

/** What a Slice takes of one axis: `length` elements from `start`, `step` apart. */
export interface AxisRange {
  readonly start: number;
  readonly length: number;
  readonly step: number;
}

/**
 * What ONNX's Slice takes of each axis, with negative and out-of-range bounds resolved as the standard says.
 *
 * @param shape - shape of the operand.
 * @param starts - first element per listed axis; negative counts from the end.
 * @param ends - end, exclusive, per listed axis.
 * @param axes - the listed axes; absent: 0, 1, ...
 * @param steps - absent: 1.
 */
export function slicedRange(
  shape: Shape,
  starts: Constant,
  ends: Constant,
  axes?: Constant,
  steps?: Constant,
): readonly AxisRange[] {
  const ranges: AxisRange[] = shape.map((length) => ({ start: 0, length, step: 1 }));
  const listed =
    axes === undefined ? Array.from(starts.data.keys()) : normalizeAxes(Array.from(axes.data), shape.length);
  for (const [index, axis] of listed.entries()) {
    const step = steps === undefined ? 1 : (steps.data[index] as number);
    const extent = shape[axis] as number;
    const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
    const resolve = (bound: number) =>
      Math.min(high, Math.max(low, bound < 0 ? Math.max(bound + extent, low) : bound));
    const start = resolve(starts.data[index] as number);
    const end = resolve(ends.data[index] as number);
    ranges[axis] = { start, length: Math.max(0, Math.ceil((end - start) / step)), step };
  }
  return ranges;
}
