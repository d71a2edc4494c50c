/** A rectangle of the world. */
export interface View {
  readonly left: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/** Colours that are legible on light and on dark pages; lines and text are drawn in `currentColor`. */
export const INK = {
  line: 'currentColor',
  agent: '#3b82f6',
  goal: '#16a34a',
  object: '#ea7317',
  other: '#a855f7',
  danger: '#dc2626',
} as const;

/** Colours of several trajectories, first to last. */
export const TRAJECTORY_INK = ['#3b82f6', '#ea7317', '#16a34a', '#a855f7', '#dc2626', '#0d9488'] as const;

/** How a shape is filled and outlined. */
export interface Paint {
  readonly fill?: string;
  readonly stroke?: string;
  /** Of the outline, in pixels. */
  readonly width?: number;
  /** 0 to 1. */
  readonly opacity?: number;
  /** As `stroke-dasharray`, in pixels. */
  readonly dash?: string;
}

/** Draws shapes given in coordinates of the world (y upwards) as SVG elements of a page `size` pixels wide. */
export interface Pen {
  circle(x: number, y: number, radius: number, paint: Paint): string;
  /** A polygon line through x0, y0, x1, y1, ...; closed where `close` is true. */
  line(points: ArrayLike<number>, paint: Paint, close?: boolean): string;
  rectangle(left: number, bottom: number, width: number, height: number, paint: Paint): string;
  /** Centred text; `height` in pixels, 10 unless told. */
  text(x: number, y: number, text: string, height?: number): string;
}

const shown = (value: number) => String(Math.round(value * 100) / 100);

function attributes({ fill = 'none', stroke = 'none', width = 1.5, opacity = 1, dash }: Paint): string {
  const line = stroke === 'none' ? '' : ` stroke="${stroke}" stroke-width="${width}"`;
  return `fill="${fill}"${line}${opacity === 1 ? '' : ` opacity="${opacity}"`}${
    dash === undefined ? '' : ` stroke-dasharray="${dash}"`
  }`;
}

/** A pen for a view, scaled so that its longer side is `size` pixels. */
export function penFor(view: View, size = 320): Pen {
  const scale = size / Math.max(view.width, view.height);
  const toX = (x: number) => (x - view.left) * scale;
  const toY = (y: number) => (view.bottom + view.height - y) * scale;
  return {
    circle: (x, y, radius, paint) =>
      `<circle cx="${shown(toX(x))}" cy="${shown(toY(y))}" r="${shown(radius * scale)}" ${attributes(paint)}/>`,
    line(points, paint, close = false) {
      const corners: string[] = [];
      for (let index = 0; index + 1 < points.length; index += 2)
        corners.push(`${shown(toX(points[index] as number))},${shown(toY(points[index + 1] as number))}`);
      return `<${close ? 'polygon' : 'polyline'} points="${corners.join(' ')}" stroke-linejoin="round" ${attributes(paint)}/>`;
    },
    rectangle: (left, bottom, width, height, paint) =>
      `<rect x="${shown(toX(left))}" y="${shown(toY(bottom + height))}" width="${shown(width * scale)}" height="${shown(height * scale)}" ${attributes(paint)}/>`,
    text: (x, y, text, height = 10) =>
      `<text x="${shown(toX(x))}" y="${shown(toY(y))}" font-size="${height}" font-family="sans-serif" text-anchor="middle" fill="${INK.line}">${text}</text>`,
  };
}

/** A whole SVG document of elements drawn by {@link penFor} with the same view and size. */
export function svg(view: View, elements: readonly string[], title: string, size = 320): string {
  const scale = size / Math.max(view.width, view.height);
  const [width, height] = [shown(view.width * scale), shown(view.height * scale)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">${elements.join('')}</svg>`;
}
