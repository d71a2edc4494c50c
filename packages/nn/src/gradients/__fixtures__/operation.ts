import { createRng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Where points are drawn. `signed`: 0.2 to 1.5 in size, either sign, so away from kinks at 0. `positive`: 0.3 to
 * 1.7. `inside`: -0.8 to 0.8. `distinct`: in random order, no two nearer than 0.1, so that no two maxima are equal.
 */
export type Domain = 'signed' | 'positive' | 'inside' | 'distinct';

/** An operand: its shape and where its values come from; `signed` where only a shape is given. */
export type Operand = readonly number[] | { readonly shape: readonly number[]; readonly domain: Domain };

/** A row of the table of derivatives to check. */
export interface Operation {
  readonly name: string;
  /** Sets of operands to check it on. */
  readonly operands: readonly (readonly Operand[])[];
  apply(...operands: Tensor[]): Tensor;
  /** Backends that lack a kernel it needs. */
  readonly absentOn?: readonly string[];
  /** False where `compile` has no form for its kernel and says so. */
  readonly recordable?: false;
}

/** Operands of one domain. */
export function inDomain(domain: Domain, ...shapes: (readonly number[])[]): Operand[] {
  return shapes.map((shape) => ({ shape, domain }));
}

function draw(operand: Operand, seed: string): Tensor {
  const rng = createRng(seed);
  const { shape, domain } = 'domain' in operand ? operand : { shape: operand, domain: 'signed' as const };
  const size = shape.reduce((product, length) => product * length, 1);
  const order = rng.split('order').permutation(size);
  const value = (index: number) => {
    if (domain === 'inside') return 1.6 * rng.next() - 0.8;
    if (domain === 'positive') return 0.3 + 1.4 * rng.next();
    if (domain === 'distinct') return ((order[index] as number) - size / 2) * 0.1 + 0.02 * rng.next() + 0.033;
    return (rng.next() < 0.5 ? -1 : 1) * (0.2 + 1.3 * rng.next());
  };
  return tf.tensor(
    Float32Array.from({ length: size }, (_, index) => value(index)),
    [...shape],
  );
}

/** Operands drawn for a set, different for every operation and set. */
export function drawOperands(operation: Operation, set: number): Tensor[] {
  const operands = operation.operands[set] as readonly Operand[];
  return operands.map((operand, index) => draw(operand, `${operation.name}/${set}/${index}`));
}

/**
 * The operation on a mixed path: its square enters, so that the cotangent depends on the operands, and so does a
 * path that goes around it, so that a lost path shows as a wrong number and not as an error.
 */
export function mixedPath(operation: Operation): (operands: Tensor[]) => Tensor {
  return (operands) => {
    const result = operation.apply(...operands);
    const around = operands.map((operand) => tf.mul(tf.sum(tf.mul(operand, operand)), 0.05));
    const direct = tf.add(result, tf.mul(result, result));
    return tf.concat([direct.reshape([result.size]), tf.addN(around).reshape([1])]);
  };
}
