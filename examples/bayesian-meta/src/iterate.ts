import type { Executor, HostTensor, Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Applies one recordable step many times; what it returns is what it takes. */
export async function iterate<State extends Tree<Tensor>, Data extends Tree<Tensor>>(
  executor: Executor,
  step: (state: State, data: Data, rng: Rng) => State,
  start: Tree<HostTensor>,
  data: Tree<HostTensor>,
  count: number,
  rng: Rng,
): Promise<Tree<HostTensor>> {
  const prepared = executor.prepare(
    (input: { readonly state: State; readonly data: Data }, own) => ({
      state: step(input.state, input.data, own),
    }),
    { name: 'step' },
  );
  let state = start;
  for (let at = 0; at < count; at++) {
    const next = await prepared.run({ state, data } as never, rng.split(at));
    state = (next as unknown as { readonly state: Tree<HostTensor> }).state;
  }
  prepared.dispose();
  return state;
}
