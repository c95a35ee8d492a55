/* What the element has from its building on: TypeScript knows only what a constructor sets. */
import type { Composer } from './composer.js';
import type { Line } from './line.js';
import type { Notice } from './notice.js';
import type { Options } from './options.js';
import type { Scroller } from './scroller.js';
import type { Voice } from './voice.js';

declare module './guide.js' {
  interface HematomaGuide {
    life: AbortController;
    line: Line;
    voice: Voice;
    scroller: Scroller;
    notice: Notice;
    composer: Composer;
    options: Options;
    nodes: WeakMap<object, HTMLElement>;
    section: HTMLElement;
    panel: HTMLElement;
    launcher: HTMLElement;
    title_: HTMLElement;
    news: HTMLElement;
  }
}
