import {
  type Checkpoint,
  type ControlTask,
  type ControlTraining,
  type ControlTrainingContext,
  type Environment,
  type HostTensor,
  type Json,
  mapTree,
  packHostTree,
  type Rng,
  type Tree,
  type TreeSpec,
  unpackHostTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { type ActorCritic, actorCriticFor } from '../policy-gradients/actor-critic.js';
import { discountedReturns } from '../returns/discounted-returns.js';
import { type Advantages, generalizedAdvantages } from '../returns/generalized-advantages.js';
import { linearFeatureBaseline, timesInEpisode } from '../returns/linear-feature-baseline.js';
import type { Actor } from '../roll-outs/actor.js';
import { collectEpisodes } from '../roll-outs/collect-episodes.js';
import { type RolloutCollector, rolloutCollector } from '../roll-outs/collect-rollout.js';
import { type Acting, preparedActing } from './acting.js';
import { type EpisodeReturns, episodeReturns } from './episode-returns.js';
import { type Experience, experienceOfEpisodes, experienceOfRollout } from './experience.js';
import { type Judgement, type Judging, preparedJudging } from './judging.js';
import { type Normalization, normalization } from './normalization.js';
import type { Learning, OnPolicyAlgorithm } from './on-policy-algorithm.js';

/** Everything that a training owns. */
interface Training {
  readonly algorithm: OnPolicyAlgorithm;
  readonly rng: Rng;
  readonly model: ActorCritic;
  readonly spec: TreeSpec;
  readonly environment: Environment;
  readonly collector: RolloutCollector | undefined;
  readonly acting: Acting;
  readonly judging: Judging;
  readonly learning: Learning;
  readonly normalization: Normalization;
  readonly returns: EpisodeReturns;
  theta: Float32Array;
  memory: Float32Array | undefined;
  update: number;
}

/** Opens the training of an on-policy method, anew or from what an earlier one saved. */
export async function openOnPolicyTraining(
  algorithm: OnPolicyAlgorithm,
  context: ControlTrainingContext,
  saved?: Checkpoint,
): Promise<ControlTraining> {
  const training = open(algorithm, context);
  if (saved !== undefined) restore(training, saved);
  let disposed = false;
  return {
    update: async () => ({ metrics: await makeUpdate(training) }),
    parameters: () => agentParameters(training),
    save: () => save(training),
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const part of [training.acting, training.judging, training.learning, training.environment])
        part.dispose();
    },
  };
}

function tasksFor(context: ControlTrainingContext, copies: number): ControlTask[] {
  const { distribution, rng } = context;
  const count = Math.min(copies, distribution.trainingTasks ?? copies);
  return Array.from({ length: copies }, (_, copy) =>
    distribution.task('train', copy % count, rng.split('tasks')),
  );
}

function open(algorithm: OnPolicyAlgorithm, context: ControlTrainingContext): Training {
  const { options, collects } = algorithm;
  const { distribution, executor, rng } = context;
  const model = actorCriticFor(distribution.spec, options.network);
  const { vector, spec } = packHostTree(hosted(model.init(rng.split('init')) as Tree<Tensor>));
  const environment = distribution.createEnvironment(
    tasksFor(context, options.copies),
    1,
    rng.split('environment'),
  );
  const normalize = normalization(options, model.inputSize, spec);
  return {
    algorithm,
    rng,
    model,
    spec,
    environment,
    collector: collects.kind === 'rollouts' ? rolloutCollector(environment, collects.length) : undefined,
    acting: preparedActing(model, normalize.spec, executor, 'sample'),
    judging: preparedJudging(model, normalize.spec, executor),
    learning: algorithm.openLearning({ model, spec, executor }),
    normalization: normalize,
    returns: episodeReturns(options.copies),
    theta: vector.data as Float32Array,
    memory: undefined,
    update: 0,
  };
}

/** A tree of tensors on the host; the tensors are disposed. */
function hosted(tree: Tree<Tensor>): Tree<HostTensor> {
  return mapTree(tree, (leaf: Tensor): HostTensor => {
    const data = leaf.dataSync<'float32'>().slice();
    leaf.dispose();
    return { dtype: 'float32', shape: leaf.shape, data };
  }) as Tree<HostTensor>;
}

async function collect(training: Training, vector: Float32Array, rng: Rng): Promise<Experience> {
  const { acting, collector, environment } = training;
  const actor: Actor = async (steps, stream) => {
    const acted = await acting.act(vector, steps, training.memory, stream);
    training.memory = acted.memory;
    return acted;
  };
  if (collector !== undefined) return experienceOfRollout(await collector.collect(actor, rng));
  training.memory = undefined;
  return experienceOfEpisodes(await collectEpisodes(environment, actor, rng));
}

/** Advantages against the baseline, from rewards as they are learned from. */
function advantagesOf(training: Training, experience: Experience, judgement: Judgement): Advantages {
  const { options, baseline } = training.algorithm;
  const { gamma } = options;
  if (baseline === 'value')
    return generalizedAdvantages(experience, judgement.value, judgement.nextValue, options);
  const returns = discountedReturns(experience, gamma);
  if (baseline === 'none') return { advantages: returns, returns };
  const expected = linearFeatureBaseline({
    observationSize: training.model.inputSize,
    observation: judgement.observation,
    time: timesInEpisode(experience.begins, experience.length),
    returns,
    mask: experience.mask,
  });
  return { advantages: returns.map((value, row) => value - (expected[row] as number)), returns };
}

async function makeUpdate(training: Training): Promise<Record<string, number>> {
  const { normalization: normalize, judging, learning, update, returns } = training;
  const rng = training.rng.split('update').split(update);
  const vector = normalize.vector(training.theta);
  const memory = training.memory;
  const collected = await collect(training, vector, rng.split('collect'));
  const begun = training.algorithm.collects.kind === 'rollouts' ? memory : undefined;
  const measured = returns.add(collected);
  const experience = normalize.rewards(collected);
  const judgement = await judging.judge(vector, experience, begun, rng.split('judge'));
  const learned = await learning.learn({
    theta: training.theta,
    experience,
    judgement,
    advantages: advantagesOf(training, experience, judgement),
    ...(begun === undefined ? {} : { memory: begun }),
    update,
    rng: rng.split('learn'),
  });
  training.theta = learned.theta;
  normalize.add(collected);
  training.update += 1;
  return { ...measured, ...learned.metrics };
}

function agentParameters({ theta, normalization: normalize }: Training): Tree<HostTensor> {
  const data = normalize.vector(theta).slice();
  return unpackHostTree({ dtype: 'float32', shape: [data.length], data }, normalize.spec);
}

function save(training: Training): Checkpoint {
  const { theta, memory, environment, learning, update, spec } = training;
  const { tensors, step } = learning.save();
  const snapshot = Int32Array.from(environment.snapshot());
  return {
    tensors: {
      theta: { dtype: 'float32', shape: [spec.size], data: theta.slice() },
      learning: tensors,
      normalization: training.normalization.save(),
      returns: training.returns.save(),
      environment: { dtype: 'int32', shape: [snapshot.length], data: snapshot },
      ...(memory === undefined
        ? {}
        : { memory: { dtype: 'float32', shape: [memory.length], data: memory.slice() } }),
    },
    metadata: { update, step },
  };
}

function restore(training: Training, { tensors, metadata }: Checkpoint): void {
  const saved = tensors as { readonly [name: string]: HostTensor };
  const { update, step } = metadata as { readonly [key: string]: Json };
  training.theta = ((saved.theta as HostTensor).data as Float32Array).slice();
  training.memory = saved.memory?.data as Float32Array | undefined;
  training.learning.restore(saved.learning as Tree<HostTensor>, step as number);
  training.normalization.restore(saved.normalization as Tree<HostTensor>);
  training.returns.restore(saved.returns as HostTensor);
  training.environment.restore(Uint8Array.from((saved.environment as HostTensor).data));
  training.update = update as number;
  // Shows the steps again without moving any copy.
  if (training.update > 0)
    training.collector?.resume(training.environment.reset(new Uint8Array(training.environment.copies)));
}
