import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { toHost } from './host-transfer.js';
import type { HostTensor, Tree } from './tree.js';
import { disposeTree } from './tree-lifetime.js';

/**
 * The tensors that `make` returns, on the host; nothing is left on the device.
 *
 * @throws `SHAPE_MISMATCH` as {@link toHost}; whatever `make` throws.
 */
export async function hostedOnce(make: () => Tree<Tensor>): Promise<Tree<HostTensor>> {
  const tree = tf.tidy(() => make() as tf.TensorContainer) as Tree<Tensor>;
  try {
    return (await toHost(tree)) as Tree<HostTensor>;
  } finally {
    disposeTree(tree);
  }
}
