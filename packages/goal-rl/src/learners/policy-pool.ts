import type { HostTensor } from '@tasklearn/core';

/** Policies along a training, evenly spaced, at most `limit`: their mixture is one policy drawn for each episode. */
export interface PolicyPool {
  /** Takes note of the policy after one more update. */
  add(parameters: Float32Array): void;
  /** What is kept, [M, P]. */
  policies(): HostTensor;
  /** Exact state. */
  save(): { readonly policies: HostTensor; readonly counts: HostTensor };
  /** Puts exactly that state back. */
  restore(saved: { readonly policies: HostTensor; readonly counts: HostTensor }): void;
}

/**
 * A pool that keeps one policy in every `spacing` updates, and doubles the spacing whenever it is full; with a limit of
 * 1, the newest.
 */
export function policyPool(size: number, limit: number): PolicyPool {
  let kept: Float32Array[] = [];
  let [seen, spacing] = [0, 1];
  const stacked = (): HostTensor => {
    const data = new Float32Array(kept.length * size);
    for (const [index, parameters] of kept.entries()) data.set(parameters, index * size);
    return { dtype: 'float32', shape: [kept.length, size], data };
  };
  return {
    add(parameters) {
      seen += 1;
      if (limit === 1) kept = [parameters.slice()];
      else if (seen % spacing === 0) {
        kept.push(parameters.slice());
        if (kept.length <= limit) return;
        kept = kept.filter((_, index) => index % 2 === 1);
        spacing *= 2;
      }
    },
    policies: stacked,
    save: () => ({
      policies: stacked(),
      counts: { dtype: 'int32', shape: [2], data: Int32Array.of(seen, spacing) },
    }),
    restore({ policies, counts }) {
      const count = policies.shape[0] as number;
      kept = Array.from({ length: count }, (_, index) =>
        Float32Array.from(policies.data.subarray(index * size, (index + 1) * size)),
      );
      [seen, spacing] = [counts.data[0] as number, counts.data[1] as number];
    },
  };
}
