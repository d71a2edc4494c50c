import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { backends, useBackend } from './use-backend.js';

/**
 * A `describe` on each backend. Each test runs in a scope of its own that disposes what it made; a tensor that
 * outlives the scope (kept, or made by a forgotten promise) fails the test.
 */
export function onEachBackend(name: string, tests: () => void): void {
  describe.each(backends)(`${name} on %s`, (backend) => {
    let before = 0;
    beforeAll(() => useBackend(backend));
    beforeEach(() => {
      before = tf.memory().numTensors;
      tf.engine().startScope();
    });
    afterEach(() => {
      tf.engine().endScope();
      expect(tf.memory().numTensors).toBe(before);
    });
    tests();
  });
}
