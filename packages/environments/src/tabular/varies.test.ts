import { createRng, type TabularControlDistribution, type TabularModel } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { fourRooms } from '../grids/four-rooms.js';
import { gridWorld } from '../grids/grid-world.js';
import { twoPassageMaze } from '../grids/two-passage-maze.js';
import { hallwaySign } from '../hallways/hallway-sign.js';
import { chain } from './chain.js';
import { corridor } from './corridor.js';
import { tabularMdps } from './tabular-mdps.js';
import { twoPassage } from './two-passage.js';

/** Parts in which two models differ; where an episode is over in one of them there is nothing to compare. */
function differences(first: TabularModel, second: TabularModel): Set<string> {
  const found = new Set<string>();
  const { states, actions } = first;
  if (first.initial.some((chance, state) => chance !== second.initial[state])) found.add('initialState');
  for (let row = 0; row < states * actions; row += 1) {
    const state = Math.floor(row / actions);
    if (first.terminal[state] === 1 || second.terminal[state] === 1) continue;
    for (let place = row * states; place < (row + 1) * states; place += 1) {
      if (first.transition[place] !== second.transition[place]) found.add('dynamics');
      if (first.reward[place] !== second.reward[place]) found.add('reward');
    }
  }
  return found;
}

describe('what is said to vary is what varies', () => {
  it.each([
    ['tabular-mdps', tabularMdps()],
    ['corridor', corridor()],
    ['chain', chain()],
    ['two-passage', twoPassage()],
    ['grid-world', gridWorld()],
    ['four-rooms', fourRooms({ goal: 'task' })],
    ['two-passage-maze', twoPassageMaze()],
    ['hallway-sign', hallwaySign()],
  ])('%s', (_, distribution) => {
    const tabular = distribution as TabularControlDistribution;
    const models = Array.from({ length: 8 }, (_unused, index) =>
      tabular.tabularModel(tabular.task('train', index, createRng('varies'))),
    );
    const found = new Set(models.flatMap((model) => [...differences(models[0] as TabularModel, model)]));
    expect([...found].sort()).toEqual([...distribution.varies].sort());
  });
});
