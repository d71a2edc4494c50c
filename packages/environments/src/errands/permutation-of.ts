/** Permutation number 0 .. 23 of four things, in lexicographic order. */
export function permutationOf(number: number): readonly number[] {
  const left = [0, 1, 2, 3];
  let rest = number;
  return [6, 2, 1, 1].map((size) => {
    const place = Math.floor(rest / size);
    rest %= size;
    return left.splice(place, 1)[0] as number;
  });
}
