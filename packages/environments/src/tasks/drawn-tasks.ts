import type { ControlTask, Rng, Split } from '@tasklearn/core';

const PLACE = { train: 0, validation: 1, test: 2 } as const;

/** A task drawn anew for each index; `parametersOf` gets a stream of its own. */
export function drawnTask(
  split: Split,
  index: number,
  rng: Rng,
  parametersOf: (rng: Rng) => Readonly<Record<string, number>>,
): ControlTask {
  return { id: `${split}-${index}`, parameters: parametersOf(rng.split(split).split(index)) };
}

/** A seed that no other split can draw: seeds of the three splits differ modulo 3. */
export function drawnSeed(split: Split, rng: Rng): number {
  return 3 * rng.integer(0x40000000) + PLACE[split];
}
