import { actionSizeOf, observationSizeOf } from '../vectorised/check-actions.js';
import type { Kernel, KernelFrame, VectorisedWorld } from '../vectorised/kernel.js';
import type { World } from './world.js';

/** The world as {@link vectorisedEnvironment} takes it: late actions, rewards from observations, outcomes. */
export function vectorisedWorld<Body>(world: World<Body>): VectorisedWorld {
  const queueSize = (world.maximumDelay ?? 0) * actionSizeOf(world.spec);
  return {
    id: world.id,
    spec: world.spec,
    stateSize: world.stateSize + queueSize,
    createKernel: (frame) => worldKernel(world, frame, world.stateSize + queueSize),
  };
}

function worldKernel<Body>(world: World<Body>, frame: KernelFrame, stride: number): Kernel {
  const { state, observation, reward, random, tasks, spec } = frame;
  const observationSize = observationSizeOf(spec);
  const actionSize = actionSizeOf(spec);
  const bodies = tasks.map((task) => world.bodyOf(task.parameters));
  const delays = tasks.map((task) => (world.maximumDelay === undefined ? 0 : (task.parameters.delay ?? 0)));
  const before = new Float32Array(observationSize);
  const late = new Float32Array(actionSize);
  return {
    reset(copy, task) {
      const s = copy * stride;
      const body = bodies[task] as Body;
      world.begin(state, s, body, random, copy);
      if (stride > world.stateSize) state.fill(world.idleAction ?? 0, s + world.stateSize, s + stride);
      world.observe(state, s, body, observation, copy * observationSize, random, copy);
    },
    step(copy, task, actions) {
      const s = copy * stride;
      const a = copy * actionSize;
      const o = copy * observationSize;
      const body = bodies[task] as Body;
      const delay = delays[task] as number;
      for (let index = 0; index < observationSize; index += 1)
        before[index] = observation[o + index] as number;
      let terminated: boolean;
      if (delay === 0) terminated = world.advance(state, s, actions, a, body, random, copy);
      else {
        pushThrough(state, s + world.stateSize, delay, actions, a, late);
        terminated = world.advance(state, s, late, 0, body, random, copy);
      }
      world.observe(state, s, body, observation, o, random, copy);
      reward[copy] = world.reward(before, 0, actions, a, observation, o, body);
      const reached = world.reached?.(observation, o, body) === true;
      return (terminated ? 1 : 0) + (reached ? 2 : 0); // An Outcome.
    },
  };
}

/** Takes the oldest of `delay` actions out of the queue at `state[q ..]` and puts the new one in. */
function pushThrough(
  state: Float64Array,
  q: number,
  delay: number,
  actions: Float32Array,
  a: number,
  oldest: Float32Array,
): void {
  const size = oldest.length;
  for (let index = 0; index < size; index += 1) oldest[index] = state[q + index] as number;
  state.copyWithin(q, q + size, q + delay * size);
  for (let index = 0; index < size; index += 1)
    state[q + (delay - 1) * size + index] = actions[a + index] as number;
}
