import type { ElementType, Value } from '../record/graph.js';
import { uniform } from './element-types.js';
import type { RecordedKernel } from './kernel.js';

/** Tensors made of numbers that are known while recording. */
export const creationKernels: readonly RecordedKernel<never, never>[] = [
  {
    name: 'Fill',
    record: (
      graph,
      _inputs: object,
      { shape, value, dtype = 'float32' }: { shape: number[]; value: number; dtype?: ElementType },
    ) => uniform(graph, value, { dtype, shape }),
  },
  { name: 'ZerosLike', record: (graph, { x }: Record<'x', Value>) => uniform(graph, 0, x) },
  { name: 'OnesLike', record: (graph, { x }: Record<'x', Value>) => uniform(graph, 1, x) },
  {
    name: 'Range',
    record(
      graph,
      _inputs: object,
      { start, stop, step, dtype }: { start: number; stop: number; step: number; dtype: 'float32' | 'int32' },
    ) {
      const length = Math.max(0, Math.ceil((stop - start) / step));
      const numbers = Array.from({ length }, (_, index) => start + index * step);
      const data = dtype === 'int32' ? Int32Array.from(numbers) : Float32Array.from(numbers);
      return graph.constant({ dtype, shape: [length], data });
    },
  },
  {
    name: 'LinSpace',
    record(graph, _inputs: object, { start, stop, num }: { start: number; stop: number; num: number }) {
      const step = num > 1 ? (stop - start) / (num - 1) : 0;
      const data = Float32Array.from({ length: num }, (_, index) => start + index * step);
      return graph.constant({ dtype: 'float32', shape: [num], data });
    },
  },
];
