/** A coordinate, without digits that nobody sees. */
export const coordinate = (value: number) => String(Math.round(value * 100) / 100);

/** A line through points in drawing units. */
export function path(points: readonly (readonly [number, number])[], attributes: string): string {
  const steps = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`);
  return `<path d="${steps.join('')}" fill="none" stroke-linejoin="round" stroke-linecap="round" ${attributes}/>`;
}

/** A rectangle with its corner at (x, y). */
export function rectangle(x: number, y: number, width: number, height: number, attributes: string): string {
  const [left, top, w, h] = [x, y, width, height].map(coordinate);
  return `<rect x="${left}" y="${top}" width="${w}" height="${h}" ${attributes}/>`;
}

/** A disc about (x, y). */
export function disc(x: number, y: number, radius: number, attributes: string): string {
  return `<circle cx="${coordinate(x)}" cy="${coordinate(y)}" r="${coordinate(radius)}" ${attributes}/>`;
}

/** A label centred on (x, y). */
export function label(x: number, y: number, size: number, text: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${coordinate(x)}" y="${coordinate(y)}" font-size="${coordinate(size)}" text-anchor="middle" dominant-baseline="central" font-family="system-ui, sans-serif" fill="currentColor">${safe}</text>`;
}

/** A picture that shows on light and dark pages alike: its neutral strokes and texts are `currentColor`. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${coordinate(width)} ${coordinate(height)}" role="img" aria-label="${title}" color="#777">${parts.join('')}</svg>`;
}

/** Colours that are told apart by everybody, on light and dark pages. @see Wong. Points of view: Color blindness. 2011. */
export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9'] as const;

/** The colour of the n-th line. */
export const colourOf = (index: number) => COLOURS[index % COLOURS.length] as string;
