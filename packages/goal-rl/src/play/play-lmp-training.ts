import type {
  Checkpoint,
  ControlTraining,
  ControlTrainingContext,
  GoalLayout,
  HostTensor,
  Prepared,
  Rng,
  Tree,
} from '@tasklearn/core';
import {
  actionSizeOf,
  createTrajectoryReplay,
  observationSizeOf,
  type TrajectoryReplay,
} from '@tasklearn/rl';
import { collectTrajectories } from '../learners/collect-trajectories.js';
import { type ObservationNormalizer, observationNormalizer } from '../learners/observation-normalizer.js';
import { drawWindows } from './draw-windows.js';
import { latentPlanModel, partOf } from './latent-plan-model.js';
import {
  LATENT_PLAN_METRICS,
  type LatentPlanState,
  type LatentPlanStepInput,
  type LatentPlanStepOutput,
  latentPlanStep,
} from './latent-plan-step.js';
import type { PlayLmpOptions } from './play-lmp-options.js';
import { referenceCollector } from './reference-collector.js';

const OWNER = 'play-lmp';

/** All play of a training. */
interface Play {
  readonly replay: TrajectoryReplay;
  readonly normalizer: ObservationNormalizer;
}

function openPlay(context: ControlTrainingContext, options: PlayLmpOptions): Play {
  const { spec } = context.distribution;
  const size = observationSizeOf(spec);
  const replay = createTrajectoryReplay({
    episodes: options.playEpisodes,
    horizon: spec.horizon,
    fields: { observation: size, action: actionSizeOf(spec), reward: 1, next: size, discount: 1 },
  });
  return { replay, normalizer: observationNormalizer(replay.layout, options.normalize) };
}

/** All episodes of the reference policy, one of each training task in turn. */
async function collectPlay(
  { distribution, rng }: ControlTrainingContext,
  options: PlayLmpOptions,
  { replay, normalizer }: Play,
) {
  const tasks = Array.from({ length: options.playEpisodes }, (_, index) =>
    distribution.task('train', index, rng.split('tasks')),
  );
  const stream = rng.split('play');
  const found = await collectTrajectories({
    distribution,
    tasks,
    codes: new Float32Array(0),
    fields: replay.layout,
    ...referenceCollector(OWNER, distribution, options.reference, tasks, stream.split('reference')),
    rng: stream.split('episodes'),
  });
  for (const rows of found.rows) replay.addTrajectory(rows);
  normalizer.observe(found.rows);
  return { return: found.returns.reduce((sum, value) => sum + value, 0) / tasks.length };
}

/** Opens the training of `play-lmp`, anew or from what an earlier one saved. */
export function openPlayLmpTraining(
  options: PlayLmpOptions,
  context: ControlTrainingContext,
  saved?: Checkpoint,
): ControlTraining {
  const { distribution, executor, rng } = context;
  const model = latentPlanModel(distribution.spec, options);
  const { begin, run } = latentPlanStep(model, options.learningRate);
  const step = executor.prepare(run as never, { name: `${OWNER} step` }) as unknown as Prepared<
    LatentPlanStepInput,
    LatentPlanStepOutput
  >;
  const play = openPlay(context, options);
  const goal = distribution.spec.goal as GoalLayout;
  const window = { minimum: options.windowMinimum, maximum: options.windowMaximum };
  let state: LatentPlanState<HostTensor>;
  let update = 0;
  if (saved === undefined) state = begin(rng.split('parameters'));
  else {
    const held = saved.tensors as unknown as SavedPlay;
    state = held.state;
    play.replay.restore(held.replay);
    play.normalizer.restore(held.normalizer);
    update = (saved.metadata as { readonly update: number }).update;
  }

  const learn = async (stream: Rng) => {
    const sums = new Float64Array(LATENT_PLAN_METRICS.length);
    const draw = { ...play, goal, window, count: options.batchSize };
    const normalization = play.normalizer.normalization();
    for (let call = 0; call < options.gradientSteps; call += 1) {
      const own = stream.split(call);
      const windows = drawWindows({ ...draw, normalization }, own.split('windows'));
      const output = await step.run({ state, windows } as never, own.split('step'));
      state = output.state as LatentPlanState<HostTensor>;
      for (const [index, value] of output.report.data.entries()) sums[index] = (sums[index] ?? 0) + value;
    }
    return Object.fromEntries(
      LATENT_PLAN_METRICS.map((name, index) => [name, (sums[index] as number) / options.gradientSteps]),
    );
  };

  return {
    async update() {
      const played = update === 0 ? await collectPlay(context, options, play) : {};
      const learnt = await learn(rng.split('update').split(update));
      update += 1;
      return { metrics: { ...played, ...learnt } };
    },
    parameters() {
      const normalization = play.normalizer.normalization();
      return {
        decoder: partOf(state.parameters, model.structure, 'decoder'),
        prior: partOf(state.parameters, model.structure, 'prior'),
        normalization: { dtype: 'float32', shape: [normalization.length], data: normalization },
      };
    },
    save: () => ({
      tensors: {
        state,
        replay: play.replay.save(),
        normalizer: play.normalizer.save(),
      } as unknown as Tree<HostTensor>,
      metadata: { update },
    }),
    dispose: () => step.dispose(),
  };
}

type SavedPlay = {
  readonly state: LatentPlanState<HostTensor>;
  readonly replay: Tree<HostTensor>;
  readonly normalizer: HostTensor;
};
