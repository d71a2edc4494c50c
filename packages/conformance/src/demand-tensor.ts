import type { HostTensor } from '@tasklearn/core';
import { demand } from './check.js';

/** @throws unless a tensor has this type and shape, in an array of that type and of that many values. */
export function demandForm(
  what: string,
  { dtype, shape, data }: HostTensor,
  expected: string,
  axes: readonly number[],
): void {
  const [received, wanted] = [`${dtype} [${shape}]`, `${expected} [${axes}]`];
  demand(received === wanted, `${what} must be ${wanted}, got ${received}.`, { received, expected: wanted });
  const array = expected === 'float32' ? Float32Array : Int32Array;
  demand(data instanceof array, `${what} must hold a ${array.name}, got ${data.constructor.name}.`);
  const size = axes.reduce((product, length) => product * length, 1);
  demand(data.length === size, `${what} must have ${size} values, got ${data.length}.`);
}

/** @throws unless every value is finite and in the range. */
export function demandRange(
  what: string,
  { data }: HostTensor,
  minimum = Number.NEGATIVE_INFINITY,
  maximum = Number.POSITIVE_INFINITY,
): void {
  const odd = data.find((value) => !(Number.isFinite(value) && value >= minimum && value <= maximum));
  demand(odd === undefined, `${what} must be finite and in [${minimum}, ${maximum}], got ${odd}.`, {
    value: odd,
  });
}
