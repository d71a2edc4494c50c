import { TasklearnError } from '@tasklearn/core';

/** Two numbers, height then width. */
export type Size = readonly [number, number];

/**
 * What lies around the image. `'same'`: zeros so that the output has ⌈input / stride⌉ rows, the odd one after
 * the image, as TensorFlow has it. `'valid'`: nothing. A number: as many rows and columns on each side, as
 * PyTorch has it.
 */
export type Padding = 'same' | 'valid' | number;

/** How a window moves over an image: all sizes of a convolution or pooling, resolved. */
export interface SpatialWindow {
  readonly inputSize: Size;
  readonly kernelSize: Size;
  readonly strides: Size;
  /** Rows and columns added: top, left, bottom, right. */
  readonly pads: readonly [number, number, number, number];
  readonly outputSize: Size;
}

interface Axis {
  readonly before: number;
  readonly after: number;
  readonly output: number;
}

function resolveAxis(input: number, kernel: number, stride: number, padding: Padding): Axis {
  if (padding === 'same') {
    const output = Math.ceil(input / stride);
    const total = Math.max((output - 1) * stride + kernel - input, 0);
    const before = Math.floor(total / 2);
    return { before, after: total - before, output };
  }
  const each = padding === 'valid' ? 0 : padding;
  return { before: each, after: each, output: Math.floor((input + 2 * each - kernel) / stride) + 1 };
}

function isCount(value: number, minimum: number): boolean {
  return Number.isInteger(value) && value >= minimum;
}

function assertOptions(owner: string, kernel: Size, strides: Size, padding: Padding): void {
  if (!strides.every((stride) => isCount(stride, 1))) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: strides must be whole numbers >= 1, got [${strides}].`,
      {
        option: 'strides',
        value: strides,
      },
    );
  }
  if (!kernel.every((size) => isCount(size, 1))) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: the window must have sizes >= 1, got [${kernel}].`,
      {
        option: 'size',
        value: kernel,
      },
    );
  }
  if (padding !== 'same' && padding !== 'valid' && !isCount(padding, 0)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: padding must be 'same', 'valid' or a whole number >= 0, got ${String(padding)}.`,
      { option: 'padding', value: padding },
    );
  }
}

/** A number for both axes, or one for each. */
export function toSize(value: number | Size): Size {
  return typeof value === 'number' ? [value, value] : value;
}

/**
 * Resolves padding and output size.
 *
 * @param owner - for messages: the op that was called.
 * @throws `INVALID_OPTION` for sizes, strides or padding out of range.
 * @throws `SHAPE_MISMATCH` where the window is larger than the padded image.
 */
export function spatialWindow(
  owner: string,
  inputSize: Size,
  kernelSize: Size,
  strides: Size,
  padding: Padding,
): SpatialWindow {
  assertOptions(owner, kernelSize, strides, padding);
  const rows = resolveAxis(inputSize[0], kernelSize[0], strides[0], padding);
  const columns = resolveAxis(inputSize[1], kernelSize[1], strides[1], padding);
  if (rows.output < 1 || columns.output < 1) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `${owner}: a window of [${kernelSize}] does not fit in an image of [${inputSize}] with padding ${padding}.`,
      { inputSize, kernelSize, padding },
    );
  }
  return {
    inputSize,
    kernelSize,
    strides,
    pads: [rows.before, columns.before, rows.after, columns.after],
    outputSize: [rows.output, columns.output],
  };
}

/** Rows and columns of the padded image that no window reaches: what the strides leave over at the end. */
export function unreachedSize({ inputSize, kernelSize, strides, pads, outputSize }: SpatialWindow): Size {
  const [top, left, bottom, right] = pads;
  return [
    inputSize[0] + top + bottom - (outputSize[0] - 1) * strides[0] - kernelSize[0],
    inputSize[1] + left + right - (outputSize[1] - 1) * strides[1] - kernelSize[1],
  ];
}
