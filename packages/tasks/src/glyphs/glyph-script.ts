import type { Split } from '@tasklearn/core';

/** One script of the glyphs data set. */
export interface GlyphScript {
  /** As Unicode calls it, e.g. `Old Hungarian`. */
  readonly name: string;
  /** Every character of a script is in one split, and scripts that look alike are in the same one. */
  readonly split: Split;
  /** Typefaces its characters are drawn from; where fewer than 20, weights and redrawings make up the number. */
  readonly typefaces: number;
  /** Its characters, in the order of their images. */
  readonly characters: string;
}
