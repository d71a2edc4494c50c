import {
  type ControlAgent,
  createRng,
  evaluateTrials,
  randomAgent,
  referenceAgent,
  summariseTrials,
  type TrialResult,
} from '@tasklearn/core';
import { demand } from '../check.js';
import { type EnvironmentSubject, withEnvironment } from './walk.js';

const TASKS = 24;

async function returnOf(
  { distribution }: EnvironmentSubject,
  agent: ControlAgent | ((...call: Parameters<typeof Array.of>) => ControlAgent),
): Promise<number> {
  const results: TrialResult[] = [];
  for await (const result of evaluateTrials({
    agent: agent as ControlAgent,
    distribution,
    split: 'test',
    count: TASKS,
    rng: createRng('conformance'),
  }))
    results.push(result);
  return summariseTrials(results, distribution.trial).return;
}

/** That references can act in trials, and that one called `oracle` is worth the name. */
export async function demandReferencesAct(subject: EnvironmentSubject): Promise<void> {
  const { distribution } = subject;
  const random = await returnOf(subject, randomAgent(distribution.spec));
  for (const [name, create] of Object.entries(distribution.references ?? {})) {
    const score = await returnOf(subject, ((tasks: never, rng: never) =>
      referenceAgent(create(tasks, 1, rng))) as never);
    demand(Number.isFinite(score), `${distribution.id}: the reference '${name}' has return ${score}.`);
    demand(
      name !== 'oracle' || score >= random,
      `${distribution.id}: the oracle has return ${score}, and random actions ${random}.`,
    );
  }
}

/** That drawings stand by themselves: SVG, nothing fetched, nothing run, frames of one size. */
export function demandDrawings(subject: EnvironmentSubject): void {
  const { distribution, tasks } = subject;
  const task = tasks[0]!;
  const stands = (what: string, svg: string) => {
    demand(
      /^<svg[\s>][\s\S]*<\/svg>\s*$/.test(svg),
      `${distribution.id}: ${what} must be one <svg> element.`,
    );
    const foreign = /<script|\son\w+=|(?:href|src)="(?!#)|url\((?!#)/i.exec(svg);
    demand(
      foreign === null,
      `${distribution.id}: ${what} must fetch and run nothing, has '${foreign?.[0]}'.`,
    );
    demand(!/NaN|undefined/.test(svg), `${distribution.id}: ${what} has numbers that are none.`);
    return /viewBox="([^"]*)"/.exec(svg)?.[1];
  };
  const frames = withEnvironment(subject, (environment) => {
    const size = distribution.spec.observation.shape[0] ?? 1;
    const first = environment.reset().observation.slice(0, size);
    const actions = new Float32Array(environment.copies * (distribution.spec.action.shape[0] ?? 1));
    return [first, environment.step(actions).observation.slice(0, size)];
  });
  const [first, second] = frames as [Float32Array, Float32Array];
  if (distribution.drawFrame !== undefined) {
    const boxes = [first, second].map((frame) =>
      stands('a frame', distribution.drawFrame?.(task, frame) ?? ''),
    );
    demand(
      boxes[0] !== undefined && boxes[0] === boxes[1],
      `${distribution.id}: frames must have one view box, got '${boxes[0]}' and '${boxes[1]}'.`,
    );
  }
  if (distribution.draw === undefined) return;
  const trajectory = {
    observations: Float32Array.from([...first, ...second]),
    actions: new Float32Array(distribution.spec.action.shape[0] ?? 1),
    rewards: Float32Array.of(0),
    length: 1,
    success: false,
    terminated: false,
  };
  stands('a drawing', distribution.draw(task, [trajectory]));
}
