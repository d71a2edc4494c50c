import type { Rng, Split } from '@tasklearn/core';

/** Where the items of few-shot episodes come from. Classes are numbered from 0 within each split. */
export interface ClassSource {
  /** Shape of one item, float32. */
  readonly itemShape: readonly number[];
  /** Range of the values, where there is one. */
  readonly minimum?: number;
  readonly maximum?: number;
  classCount(split: Split): number;
  className(split: Split, position: number): string;
  /** How many items a class has; `undefined` where they are generated without end. */
  itemCount(split: Split, position: number): number | undefined;
  /** Writes one item to `out` from `offset`. A generated item draws from `stream` and ignores `item`. */
  write(split: Split, position: number, item: number, stream: Rng, out: Float32Array, offset: number): void;
}
