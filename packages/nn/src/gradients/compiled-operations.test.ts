import { createRng, toHost } from '@tasklearn/core';
import { compile } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../__fixtures__/use-backend.js';
import { mapOperations } from './__fixtures__/nn-operations.js';
import { drawOperands, mixedPath, type Operation } from './__fixtures__/operation.js';
import { tensorflowOperations } from './__fixtures__/tensorflow-operations.js';
import { hvp } from './products.js';
import { valueAndGradients } from './value-and-gradients.js';

type Input = { readonly at: readonly tf.Tensor[]; readonly along: readonly tf.Tensor[] };

const operations: readonly Operation[] = [...tensorflowOperations, ...mapOperations];

/** Value, gradient and Hessian-vector product of the mixed path, in one recordable function. */
function derivatives(
  operation: Operation,
): (input: Input) => { [name: string]: tf.Tensor | readonly tf.Tensor[] } {
  const path = mixedPath(operation);
  return ({ at, along }) => {
    const loss = (operands: readonly tf.Tensor[]) => {
      const result = path([...operands]);
      const weights = Float32Array.from({ length: result.size }, (_, index) => Math.cos(index + 0.5));
      return tf.sum(tf.mul(result, tf.tensor1d(weights))) as tf.Scalar;
    };
    const { value, gradients } = valueAndGradients(loss, at);
    return { value, gradients, product: hvp(loss, at, along) };
  };
}

/** Largest difference, relative to the largest expected. */
function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  const size = Math.max(...expected.map(Math.abs), 1e-2);
  return Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] as number)))) / size;
}

describe('first and second derivatives, compiled, equal those of the cpu backend', () => {
  beforeAll(() => useBackend('cpu'));

  it.each(operations.filter(({ recordable }) => recordable === false))(
    '$name says that it cannot be',
    async (operation) => {
      const at = drawOperands(operation, 0);
      const compiled = compile(derivatives(operation) as (input: Input) => { [name: string]: tf.Tensor }, {
        fallback: 'error',
      });
      await expect(compiled.run({ at, along: at })).rejects.toMatchObject({ code: 'NOT_RECORDABLE' });
      compiled.dispose();
      tf.dispose(at);
    },
  );

  it.each(operations.filter(({ recordable }) => recordable !== false))('$name', async (operation) => {
    for (let set = 0; set < operation.operands.length; set++) {
      const at = drawOperands(operation, set);
      const along = at.map((operand, index) => createRng(index).normal(operand.shape));
      const fn = derivatives(operation);
      const expected = await toHost(tf.tidy(() => fn({ at, along }) as { [name: string]: tf.Tensor }));
      const compiled = compile(fn as (input: Input) => { [name: string]: tf.Tensor }, { fallback: 'error' });
      const actual = await compiled.run({ at, along });
      compiled.dispose();
      tf.dispose([at, along]);
      for (const name of ['value', 'gradients', 'product']) {
        const pairs = [actual[name], expected[name]].map((leaf) => [leaf].flat() as { data: Float32Array }[]);
        pairs[0]?.forEach(({ data }, index) => {
          expect(
            relativeDifference(data, pairs[1]?.[index]?.data as Float32Array),
            `${name} ${index}`,
          ).toBeLessThan(1e-4);
        });
      }
    }
  });
});
