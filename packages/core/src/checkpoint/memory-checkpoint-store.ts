import type { CheckpointStore } from './checkpoint.js';

/** A checkpoint store that lives as long as the process: for tests and for browsers. */
export function memoryCheckpointStore(): CheckpointStore {
  let saved: Uint8Array | undefined;
  return {
    async save(bytes) {
      saved = bytes.slice();
    },
    async load() {
      return saved?.slice();
    },
  };
}
