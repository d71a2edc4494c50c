import type { ControlDistribution, ControlSpec, ControlTask, Environment, Rng } from '@tasklearn/core';

/** Arms of which one, another in each task, pays 1: an episode is `pulls` pulls and shows nothing but rewards. */
export function toyBandits(arms: number, pulls: number, episodes = 1, exploration = 0): ControlDistribution {
  const spec: ControlSpec = {
    observation: { shape: [1], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: arms - 1 },
    horizon: pulls,
    hasSuccess: true,
  };
  return {
    kind: 'control',
    id: `toy-bandits-${arms}`,
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes: exploration, executionEpisodes: episodes },
    trainingTasks: arms,
    task: (split, index, _rng) => ({
      id: `${split}-${index}`,
      parameters: { arm: index % arms },
      identity: index % arms,
    }),
    createEnvironment: (tasks, copiesPerTask, _rng: Rng) => bandit(spec, tasks, copiesPerTask),
  };
}

function bandit(spec: ControlSpec, tasks: readonly ControlTask[], copiesPerTask: number): Environment {
  const copies = tasks.length * copiesPerTask;
  const steps = {
    stepType: new Uint8Array(copies),
    observation: new Float32Array(copies).fill(1),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies).fill(1),
    success: new Uint8Array(copies),
  };
  const time = new Int32Array(copies);
  return {
    copies,
    spec,
    reset(which) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (which !== undefined && which[copy] !== 1) continue;
        for (const values of [steps.stepType, steps.reward, steps.success, time]) values[copy] = 0;
        steps.discount[copy] = 1;
      }
      return steps;
    },
    step(actions, active) {
      for (let copy = 0; copy < copies; copy += 1) {
        if (active !== undefined && active[copy] !== 1) continue;
        const arm = tasks[Math.floor(copy / copiesPerTask)]?.parameters.arm;
        time[copy] = (time[copy] as number) + 1;
        const last = time[copy] === spec.horizon;
        steps.reward[copy] = actions[copy] === arm ? 1 : 0;
        steps.success[copy] = actions[copy] === arm ? 1 : 0;
        steps.stepType[copy] = last ? 2 : 1;
        steps.discount[copy] = last ? 0 : 1;
      }
      return steps;
    },
    snapshot: () => new Uint8Array(time.buffer.slice(0)),
    restore: (snapshot) => time.set(new Int32Array(snapshot.slice().buffer)),
    dispose() {},
  };
}
