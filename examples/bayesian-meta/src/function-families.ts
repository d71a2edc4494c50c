/** Residuals of the best line and the best sinusoid of period 2π through a sampled function. */
export type FamilyFit = { readonly line: number; readonly sinusoid: number };

/** Root mean square that remains of y after least squares on two columns. */
function residual(y: ArrayLike<number>, first: readonly number[], second: readonly number[]): number {
  let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
  for (let i = 0; i < y.length; i++) {
    const [a, b, v] = [first[i] as number, second[i] as number, y[i] as number];
    aa += a * a;
    ab += a * b;
    bb += b * b;
    ay += a * v;
    by += b * v;
  }
  const determinant = aa * bb - ab * ab;
  const [p, q] = [(bb * ay - ab * by) / determinant, (aa * by - ab * ay) / determinant];
  let sum = 0;
  for (let i = 0; i < y.length; i++)
    sum += ((y[i] as number) - p * (first[i] as number) - q * (second[i] as number)) ** 2;
  return Math.sqrt(sum / y.length);
}

/** How far a function is from being a line, and from being A sin(x + p): least squares over the shown inputs. */
export function familyFit(x: readonly number[], y: ArrayLike<number>): FamilyFit {
  return {
    line: residual(
      y,
      x,
      x.map(() => 1),
    ),
    sinusoid: residual(y, x.map(Math.sin), x.map(Math.cos)),
  };
}
