/** Markup that is safe to put into a page as it is. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template of {@link html}: text is escaped, markup is kept, lists are joined, nothing is left out. */
export type HtmlPart = Html | string | number | undefined | false | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => entities[character]!);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(render).join('');
}

/**
 * Template tag for markup: everything put into it is escaped unless it is markup itself.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: strings.reduce((text, piece, index) => text + render(parts[index - 1]) + piece) };
}

/** Marks text as markup. Only for what this package made itself. */
export function markup(text: string): Html {
  return { html: text };
}
