import type { SpatialWindow } from './spatial-window.js';

/** Attributes that the three kernels of the grouped convolution share, so that each can make the others. */
export interface ConvolutionAttributes extends SpatialWindow {
  /** G; channels are split into G runs that do not see each other. */
  readonly groups: number;
}
