import { type Capabilities, type EpisodicLearner, encodeCheckpoint, metaTrain } from '@tasklearn/core';
import { primaryMetric } from '../../rows/metrics.js';
import type { CellKind, CellTest, PrepareRequest, TestSetting, TrainSetting } from '../cell-kind.js';
import { refuseMembers } from '../refuse-members.js';
import { checkCapabilities } from './check-capabilities.js';
import type { EpisodicCell } from './episodic-cell.js';
import { exampleCollector } from './example-collector.js';
import { testEpisodes } from './test-episodes.js';

/** Few-shot learners: meta-training by `metaTrain`, test on episodes of the test split. */
export const episodicCells: CellKind = {
  kind: 'episodic',
  complete(plan) {
    refuseMembers(plan, 'episodic');
    return plan;
  },
  prepare,
};

function prepare(request: PrepareRequest): EpisodicCell {
  const { registry, plan, cell, distributions: made, ...identity } = request;
  const { id, options, testOptions, name } = cell.learner;
  const create = (own: object) => registry.createLearner(id, own) as EpisodicLearner;
  const learner = create(options);
  const tester = Object.keys(testOptions).length === 0 ? learner : create({ ...options, ...testOptions });
  const distributions = made as EpisodicCell['distributions'];
  const { capabilities } = registry.learner(id).descriptor;
  checkCapabilities(name, capabilities as Capabilities, distributions.train.spec, distributions.test.spec);
  const prepared: EpisodicCell = {
    ...identity,
    cell,
    kind: 'episodic',
    learner,
    tester,
    distributions,
    testTasks: plan.test.episodes,
    rowMembers(split) {
      const { ways, shots, querySize } = distributions[split].spec;
      return {
        ...(ways === undefined ? {} : { ways }),
        ...(shots === undefined ? {} : { shots }),
        querySize,
      };
    },
    train: (setting) => train(prepared, setting),
    test: (setting) => test(prepared, setting),
  };
  return prepared;
}

function train({ learner, distributions, cell, identity }: EpisodicCell, setting: TrainSetting) {
  const { plan, executor, store, signal } = setting;
  const { updates = 0, tasksPerUpdate } = cell.learner; // Only a budget of environment steps leaves updates out.
  const { validation } = plan;
  return metaTrain({
    learner,
    distribution: distributions.train,
    executor,
    seed: cell.seed,
    updates,
    tasksPerUpdate,
    store,
    checkpointEvery: plan.checkpointEvery,
    signal,
    identity,
    ...(validation === undefined
      ? {}
      : { validation: { ...validation, distribution: distributions.validation } }),
  });
}

async function test(prepared: EpisodicCell, setting: TestSetting): Promise<CellTest> {
  const { episodes, tasksPerBatch } = setting.plan.test;
  const examples = exampleCollector(prepared, episodes);
  const scores: number[] = [];
  let metric = primaryMetric([]);
  await testEpisodes({
    ...setting,
    prepared,
    episodes,
    tasksPerBatch,
    onEpisode: (result) => {
      examples.add(result);
      scores.push(result.score);
      metric = primaryMetric([result.metric]);
      setting.onTask?.(scores.length);
    },
  });
  const kept = examples.finish();
  return { metric, scores, examples: kept === undefined ? {} : { examples: encodeCheckpoint(kept) } };
}
