import {
  agentContext,
  type ControlAgent,
  type EvaluateTrialsOptions,
  evaluateTrials,
  randomAgent,
  referenceAgent,
  type TrialResult,
} from '@tasklearn/core';
import type { CellTest, TestSetting } from '../cell-kind.js';
import { testStream } from '../test-stream.js';
import { type ControlCell, RANDOM } from './control-cell.js';
import { trajectoryCollector } from './trajectory-collector.js';

/** Who acts: a trained agent, or a reference that is told its tasks, batch by batch. */
async function openActor(
  { tester, distributions, cell }: ControlCell,
  { theta, executor }: TestSetting,
): Promise<{ readonly agent: EvaluateTrialsOptions['agent']; dispose(): void }> {
  const { test } = distributions;
  const nothing = { dispose: () => undefined };
  if (tester !== undefined) {
    const agent = await tester.openAgent(theta, agentContext(test, executor));
    return { agent, dispose: () => agent.dispose() };
  }
  const create = test.references?.[cell.reference ?? RANDOM];
  if (create === undefined) return { agent: randomAgent(test.spec), ...nothing };
  return {
    agent: (tasks, rng): ControlAgent => referenceAgent(create(tasks, 1, rng)),
    ...nothing,
  };
}

/** Rows of one trial: return, length and success of every episode. */
async function writeRows(
  { episodes }: TrialResult,
  index: number,
  hasSuccess: boolean,
  { row, write, update, environmentSteps }: TestSetting,
): Promise<void> {
  for (const [episode, result] of episodes.entries()) {
    const values = {
      return: result.return,
      length: result.length,
      ...(hasSuccess ? { success: result.success ? 1 : 0 } : {}),
    };
    const more = { episode, ...(environmentSteps === undefined ? {} : { environmentSteps }) };
    for (const [metric, value] of Object.entries(values))
      await write(row('test', update, `task ${index}`, metric, value, more));
  }
}

/** Mean return of the episodes that count. */
function scoreOf({ episodes }: TrialResult, explorationEpisodes: number): number {
  const executed = episodes.slice(explorationEpisodes);
  return executed.reduce((sum, episode) => sum + episode.return, 0) / executed.length;
}

/**
 * Tests a control cell: one trial on each of the first tasks of the test split, the same for every learner and
 * reference of a seed, on the same luck as far as actions agree.
 *
 * @throws the signal's reason if it is aborted; whatever the learner throws.
 */
export async function testTrials(prepared: ControlCell, setting: TestSetting): Promise<CellTest> {
  const { plan, signal, onTask } = setting;
  const { distributions, cell, testTasks } = prepared;
  const { test: distribution } = distributions;
  const trial = plan.trial ?? distribution.trial;
  const collector = trajectoryCollector(cell, distribution, trial);
  const scores: number[] = [];
  const actor = await openActor(prepared, setting);
  try {
    for await (const result of evaluateTrials({
      agent: actor.agent,
      distribution,
      split: 'test',
      count: testTasks,
      tasksPerBatch: plan.test.tasksPerBatch,
      trial,
      rng: testStream(cell.seed),
      keepTrajectories: collector.count,
      ...(signal === undefined ? {} : { signal }),
    })) {
      await writeRows(result, scores.length, distribution.spec.hasSuccess, setting);
      collector.add(result);
      scores.push(scoreOf(result, trial.explorationEpisodes));
      onTask?.(scores.length);
    }
  } finally {
    actor.dispose();
  }
  return { metric: 'return', scores, examples: collector.finish() };
}
