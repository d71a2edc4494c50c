/** Worlds with finitely many actions: bandits, tabular worlds, grids, mazes, hallways, bit-flip. */
export const discreteDistributions = {};
