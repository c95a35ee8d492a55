/** The chat as an element. Its attributes and CSS properties are in docs/widget.md. */
export interface HematomaGuide extends HTMLElement {
  /** Whether the chat is open. */
  readonly isOpen: boolean;
  /** Opens the chat; with `true` the focus goes to it, as after a press of its button. */
  open(byHand?: boolean): void;
  /** Closes the chat, unless it is `inline`. */
  close(): void;
  /** Asks a question as if it had been typed. To be called after `guide-ready`. */
  send(text: string): void;
  addEventListener(
    type: 'guide-ready' | 'guide-open' | 'guide-close' | 'guide-answer' | 'guide-leave',
    listener: (event: Event) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'hematoma-guide': HematomaGuide;
  }
}
