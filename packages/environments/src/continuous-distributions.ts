/** Worlds with continuous motion: point robots, goal suite, classic control, crawler, arms, tabletop. */
export const continuousDistributions = {};
