import { createRng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { exportedFunctions } from './__fixtures__/exported-functions.js';
import { onEachBackend } from './__fixtures__/on-each-backend.js';
import { useBackend } from './__fixtures__/use-backend.js';
import { drawOperands, mixedPath, type Operation } from './gradients/__fixtures__/operation.js';
import { checkGradients } from './gradients/check-gradients.js';

beforeAll(() => useBackend('cpu'));

const rows = exportedFunctions.filter(({ order }) => order > 0);

onEachBackend('derivatives of what is exported', () => {
  it.each(rows)('$name, to order $order', (row) => {
    const point = row.point ?? 0;
    const operation: Operation = {
      name: row.name,
      operands: Array.from({ length: point + 1 }, () => row.operands),
      apply: (...operands: Tensor[]) => row.apply(operands, createRng(3)),
    };
    const order = row.order as 1 | 2;
    const check = checkGradients(mixedPath(operation), drawOperands(operation, point), { order });
    expect(check, JSON.stringify(check)).toMatchObject({ passed: true });
  });
});
