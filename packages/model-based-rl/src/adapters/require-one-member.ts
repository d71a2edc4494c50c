import { TasklearnError } from '@tasklearn/core';
import type { DynamicsModel } from '../models/dynamics-model.js';

/** @throws `INVALID_OPTION` for an ensemble where one model per trial is adapted. */
export function requireOneMember(owner: string, { members }: DynamicsModel): void {
  if (members === 1) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`members\` must be 1, got ${members}. A model that adapts to each trial is one model.`,
    { owner, key: 'members', received: members },
  );
}
