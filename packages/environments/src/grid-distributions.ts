import { defineDistribution } from '@tasklearn/core';
import { busGrid, busGridDefaults } from './errands/bus-grid.js';
import { cookGrid, cookGridDefaults } from './errands/cook-grid.js';
import { fourRooms, fourRoomsDefaults } from './grids/four-rooms.js';
import { goalGrid, goalGridDefaults } from './grids/goal-grid.js';
import { gridWorld, gridWorldDefaults } from './grids/grid-world.js';
import { hockey, hockeyDefaults } from './grids/hockey.js';
import { starGrid, starGridDefaults } from './grids/star-grid.js';
import { twoPassageMaze, twoPassageMazeDefaults } from './grids/two-passage-maze.js';
import { maze, mazeDefaults } from './mazes/maze.js';

const liu = {
  title: 'Decoupling Exploration and Exploitation for Meta-Reinforcement Learning without Sacrifices',
  authors: 'Liu, Raghunathan, Liang, Finn',
  year: 2021,
  url: 'https://arxiv.org/abs/2008.02790',
};

/** Worlds of cells. */
export const gridDistributions = {
  'grid-world': defineDistribution({
    kind: 'control',
    summary: 'A square grid, with walls where wanted; a cell is to be found, or to be reached.',
    defaults: gridWorldDefaults,
    create: gridWorld,
  }),
  'four-rooms': defineDistribution({
    kind: 'control',
    summary: 'Four rooms joined by doors; a cell is to be reached.',
    reference: {
      title: 'Between MDPs and semi-MDPs: A framework for temporal abstraction in reinforcement learning',
      authors: 'Sutton, Precup, Singh',
      year: 1999,
      url: 'https://doi.org/10.1016/S0004-3702(99)00052-1',
    },
    defaults: fourRoomsDefaults,
    create: fourRooms,
  }),
  'star-grid': defineDistribution({
    kind: 'control',
    summary: 'Three halls that meet: a small world to be covered.',
    reference: {
      title: 'Efficient Exploration via State Marginal Matching',
      authors: 'Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov',
      year: 2019,
      url: 'https://arxiv.org/abs/1906.05274',
    },
    defaults: starGridDefaults,
    create: starGrid,
  }),
  'goal-grid': defineDistribution({
    kind: 'control',
    summary: 'A plane of cells that are reached at once, up to an error: what proposers of goals see.',
    reference: {
      title: 'Skew-Fit: State-Covering Self-Supervised Reinforcement Learning',
      authors: 'Pong, Dalal, Lin, Nair, Bahl, Levine',
      year: 2020,
      url: 'https://arxiv.org/abs/1903.03698',
    },
    defaults: goalGridDefaults,
    create: goalGrid,
  }),
  'two-passage-maze': defineDistribution({
    kind: 'control',
    summary: 'A grid with two passages, of which the one that leads towards the goal is a dead end.',
    defaults: twoPassageMazeDefaults,
    create: twoPassageMaze,
  }),
  hockey: defineDistribution({
    kind: 'control',
    summary: 'Six tasks with a puck in one rink: pass, shoot, or leave it in one of four zones.',
    defaults: hockeyDefaults,
    create: hockey,
  }),
  maze: defineDistribution({
    kind: 'control',
    summary: 'Generated mazes in first person; two episodes in each.',
    reference: {
      title: 'A Simple Neural Attentive Meta-Learner',
      authors: 'Mishra, Rohaninejad, Chen, Abbeel',
      year: 2018,
      url: 'https://arxiv.org/abs/1707.03141',
    },
    defaults: mazeDefaults,
    create: maze,
  }),
  'bus-grid': defineDistribution({
    kind: 'control',
    summary: 'Buses whose destinations differ between tasks; a map shows them; then an errand.',
    reference: liu,
    defaults: busGridDefaults,
    create: busGrid,
  }),
  'cook-grid': defineDistribution({
    kind: 'control',
    summary: 'Fridges whose contents differ between tasks; then a recipe of two ingredients.',
    reference: liu,
    defaults: cookGridDefaults,
    create: cookGrid,
  }),
} as const;
