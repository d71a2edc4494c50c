import * as tf from '@tensorflow/tfjs';

/**
 * Frees what TensorFlow.js kept for a gradient whose function threw: its engine forgets those tensors otherwise.
 * Does nothing while a gradient is being taken.
 */
export function disposeAbandonedTape(): void {
  const { state } = tf.engine();
  if (state.gradientDepth !== 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) tf.dispose(saved ?? []);
  state.activeTape = null as never;
}
