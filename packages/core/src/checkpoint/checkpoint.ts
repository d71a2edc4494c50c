import type { Json } from '../registry/plugin.js';
import type { HostTensor, Tree } from '../tree/tree.js';

/** What a checkpoint holds. */
export interface Checkpoint {
  /** In the file each leaf is a tensor named by its path, e.g. `theta/layer1/weight`. */
  readonly tensors: Tree<HostTensor>;
  /** Anything else, as JSON. */
  readonly metadata: Json;
}

/** A place that holds one checkpoint. Saving replaces it wholly or not at all. */
export interface CheckpointStore {
  /** @throws `WRITE_FAILED`; what was saved before is still there. */
  save(bytes: Uint8Array): Promise<void>;
  /** The bytes last saved, or `undefined` if nothing was. */
  load(): Promise<Uint8Array | undefined>;
}
