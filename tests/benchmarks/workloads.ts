import {
  createRegistry,
  createRng,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  type HostTensor,
} from '@tasklearn/core';
import { mamlPlugin } from '@tasklearn/maml';
import { protonetsPlugin } from '@tasklearn/protonets';
import { tasksPlugin } from '@tasklearn/tasks';
import { imageBatches, imageSpec } from './image-batches.js';

/** A step to time: the learner, and a function that gives the next batch. */
export interface Workload {
  readonly learner: EpisodicLearner;
  readonly spec: EpisodeSpec;
  next(): EpisodeBatch<HostTensor>;
}

/** Dials of a workload; the same flags as the peers take. */
export interface Dials {
  readonly innerSteps?: number | undefined;
  readonly tasks?: number | undefined;
  readonly width?: number | undefined;
}

const registry = createRegistry([mamlPlugin, protonetsPlugin, tasksPlugin]);
const batches = 8;

const learnerOf = (id: string, options: object): EpisodicLearner =>
  registry.createLearner(id, options as never) as EpisodicLearner;

/** 2x40 MLP, K = 10, Adam, fresh tasks each step. */
async function sinusoid({ innerSteps = 1, tasks = 25, width = 40 }: Dials): Promise<Workload> {
  const distribution = (await registry.createDistribution('@tasklearn/tasks/sinusoid', {
    shots: 10,
    queries: 10,
  } as never)) as EpisodicDistribution;
  const rng = createRng(0);
  let buffer: EpisodeBatch<HostTensor> | undefined;
  let first = 0;
  return {
    learner: learnerOf('@tasklearn/maml/maml', {
      innerSteps,
      testSteps: innerSteps,
      model: { hidden: [width, width] },
    }),
    spec: distribution.spec,
    next() {
      buffer = distribution.episodes('train', first, tasks, rng, buffer);
      first += tasks;
      return buffer;
    },
  };
}

function images(learner: EpisodicLearner, shape: Parameters<typeof imageBatches>[0]): Workload {
  const made = imageBatches(shape, batches, createRng(0));
  let count = 0;
  return { learner, spec: imageSpec(shape), next: () => made[count++ % batches] as EpisodeBatch<HostTensor> };
}

/** The steps that are timed, by name. */
export const workloads: Readonly<Record<string, (dials: Dials) => Workload | Promise<Workload>>> = {
  sinusoid,
  protonet: ({ width = 64 }) =>
    images(
      learnerOf('@tasklearn/protonets/protonet', { trainingStatistics: 'joint', model: { filters: width } }),
      {
        tasks: 1,
        ways: 20,
        shots: 1,
        queries: 5,
        size: 28,
      },
    ),
  maml: ({ innerSteps = 5, tasks = 4, width = 64 }) =>
    images(
      learnerOf('@tasklearn/maml/maml', {
        innerLearningRate: 0.01,
        innerSteps,
        testSteps: innerSteps,
        model: { filters: width, downsample: 'maxPool' },
      }),
      { tasks, ways: 5, shots: 1, queries: 15, size: 28 },
    ),
};
