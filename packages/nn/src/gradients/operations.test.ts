import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { mapOperations } from './__fixtures__/nn-operations.js';
import { drawOperands, mixedPath } from './__fixtures__/operation.js';
import { tensorflowOperations } from './__fixtures__/tensorflow-operations.js';
import { checkGradients } from './check-gradients.js';

onEachBackend('first and second derivatives', () => {
  it.each([...tensorflowOperations, ...mapOperations])('$name', (operation) => {
    if (operation.absentOn?.includes(tf.getBackend())) return;
    for (let set = 0; set < operation.operands.length; set++) {
      const check = checkGradients(mixedPath(operation), drawOperands(operation, set), { seed: set });
      expect(check, `operands ${JSON.stringify(operation.operands[set])}`).toMatchObject({ passed: true });
    }
  });
});
