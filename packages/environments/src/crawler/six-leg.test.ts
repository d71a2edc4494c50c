import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { CRAWLER_BODY, crawlerConditions, writeCrawlerBody } from './crawler-body.js';
import { stepCrawler } from './crawler-physics.js';
import { sixLeg } from './six-leg.js';

const rng = createRng(0);

/** The nominal body's prediction of one step, from observations. */
function predict(observation: Float32Array, action: Float32Array): [speed: number, rate: number] {
  const body = new Float64Array(CRAWLER_BODY + 6);
  writeCrawlerBody({}, 6, body, 0);
  const state = Float64Array.of(0, 0, 0, observation[4] as number, observation[5] as number);
  stepCrawler(state, 0, action, 0, body, 0, 6);
  return [state[3] as number, state[4] as number];
}

/** Mean squared one-step error of the nominal model on a task, under random actions. */
function nominalError(world: ReturnType<typeof sixLeg>, task: ReturnType<typeof world.task>): number {
  const environment = world.createEnvironment([task], 1, rng.split('error'));
  let observation = environment.reset().observation.slice();
  const errors: number[] = [];
  for (let step = 0; step < 200; step += 1) {
    const action = Float32Array.from({ length: 6 }, (_, leg) => createRng(step).split(leg).next());
    const next = environment.step(action).observation.slice();
    const [speed, rate] = predict(observation, action);
    errors.push((speed - (next[4] as number)) ** 2, (rate - (next[5] as number)) ** 2);
    observation = next;
  }
  environment.dispose();
  return meanOf(errors);
}

describe('stepCrawler', () => {
  it('follows its equations', () => {
    const body = new Float64Array(CRAWLER_BODY + 6);
    writeCrawlerBody({ friction: 1.6, mass: 2, slope: 0.05, bias: 0.03, leg3: 0 }, 6, body, 0);
    const state = Float64Array.of(1, 2, 0.1, 3, 0.2);
    stepCrawler(state, 0, Float32Array.of(1, 0.5, 0, 1, 0.25, 0.5), 0, body, 0, 6);
    const speed = 3 + 0.05 * ((1 + 0.5 + 0.25 + 0.5) / 2 - 1.6 * 3);
    const rate = 0.2 + 0.05 * ((0.5 * (1 + 0.5) - 0.5 * (0.25 + 0.5)) / 2 - 1.6 * 0.2) + 0.03;
    const heading = 0.1 + 0.05 * rate;
    const expected = [
      1 + 0.05 * speed * Math.cos(heading),
      2 + 0.05 * speed * Math.sin(heading) - 0.05,
      heading,
      speed,
      rate,
    ];
    expect([...state]).toEqual(expected.map((value) => expect.closeTo(value, 12)));
  });
});

describe('sixLeg', () => {
  it('trains on floors and one weak leg, and is tested under conditions in turn', () => {
    const world = sixLeg();
    for (const { parameters } of firstTasks(world, 'train', 50, rng)) {
      expect([0.6, 1, 1.6]).toContain(parameters.friction);
      const legs = Object.entries(parameters).flatMap(([key, value]) =>
        key.startsWith('leg') ? [value] : [],
      );
      expect(legs.filter((strength) => strength < 1).length).toBe(1);
      expect(Math.min(...legs)).toBeGreaterThanOrEqual(0.5);
    }
    const [slope, leg, payload, calibration] = firstTasks(world, 'test', 4, rng).map(
      (task) => task.parameters,
    );
    expect(slope?.slope).toBe(0.05);
    expect(leg?.leg3).toBe(0);
    expect(payload?.mass).toBe(1.6);
    expect(calibration?.bias).toBe(0.03);
  });

  it('deceives a nominal model once a leg is missing: more than five times the error', () => {
    const nominal = { id: 'nominal', parameters: {} };
    for (const noise of [0.005, 0.002]) {
      const world = sixLeg({ noise });
      const crippled = { id: 'crippled', parameters: { leg3: 0 } };
      expect(nominalError(world, crippled)).toBeGreaterThan(5 * nominalError(world, nominal));
    }
  });

  it('runs straight under whoever knows the body; whoever believes it sound drifts', () => {
    for (const test of crawlerConditions) {
      const world = sixLeg({ test });
      const level = (name: string) =>
        meanOf(
          (runReference(world, name, firstTasks(world, 'test', 3, rng), 1, rng)[0] ?? []).map(
            (one) => one.return,
          ),
        );
      expect(level('oracle')).toBeGreaterThan(500);
      expect(level('oracle')).toBeGreaterThan(level('random') + 150);
      // A payload only slows it down.
      if (test !== 'payload') expect(level('oracle')).toBeGreaterThan(level('nominal') + 10);
    }
  });

  it('changes its body within the episode, where asked', () => {
    const world = sixLeg({ switchEvery: 20, noise: 0 });
    const task = { id: 'nominal', parameters: {} };
    const environment = world.createEnvironment([task], 30, rng.split('switch'));
    environment.reset();
    const full = new Float32Array(180).fill(1);
    const spread = () => new Set(environment.step(full).observation).size;
    let seen = 0;
    for (let step = 0; step < 20; step += 1) seen = spread();
    expect(seen).toBeLessThanOrEqual(6); // All alike.
    expect(spread()).toBeGreaterThan(6);
    environment.dispose();
  });

  it('has one reward law, noise and all', () => {
    expectOffLineRewards(sixLeg({ trainingTasks: 5 }), 30);
  });

  it('refuses an odd number of legs', () => {
    expect(() => sixLeg({ legs: 5 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
