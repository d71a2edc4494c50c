import { fillNormal, fillUniform, type HostTensor, type Rng, sizeOf } from '@tasklearn/core';
import type { RandomInputs } from './symbolic-rng.js';

/**
 * Draws what a recorded function drew, from a real stream: the same splits and draws in the same order, so
 * that an eager run with the same stream sees the same numbers.
 *
 * @param rng - the stream the function would have been called with; its counter moves as it would have moved.
 * @returns one float32 tensor per draw.
 */
export function drawRandomInputs(inputs: RandomInputs, rng: Rng): HostTensor[] {
  const streams: Rng[] = [];
  for (const { parent, label } of inputs.streams) {
    streams.push(parent === undefined ? rng : (streams[parent] as Rng).split(label));
  }
  return inputs.draws.map(({ stream, kind, shape }) => {
    const data = new Float32Array(sizeOf(shape));
    const source = streams[stream] as Rng;
    if (kind === 'normal') fillNormal(source, data);
    else fillUniform(source, data);
    return { dtype: 'float32', shape, data };
  });
}
