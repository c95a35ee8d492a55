import { el } from './dom.js';

/* Where the log stands: at its end, or where the reader has scrolled up to. */
export class Scroller {
  constructor({ strings }) {
    this.log = el('div', { class: 'log', role: 'log', 'aria-label': strings.log, 'aria-live': 'off', tabindex: '0', onscroll: () => this.seen() });
    this.cue = el('button', { class: 'cue', hidden: true, onclick: () => this.toNews() }, strings.cue);
  }

  get atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
  }

  get follows() {
    return this.atEnd || (this.following && this.log.scrollTop >= this.placed - 40);
  }

  /* A reply taller than the window is shown from its beginning. */
  toEnd(node = this.log.lastElementChild) {
    const tall = node && node.offsetHeight > this.log.clientHeight - 40;
    if (tall) this.log.scrollTop = node.offsetTop - 8;
    else if (node === this.log.lastElementChild) this.log.scrollTop = this.log.scrollHeight;
    else node.scrollIntoView({ block: 'nearest' });
    if (node && this.log.closest('.tiny')) node.scrollIntoView({ block: 'start' });
    this.placed = this.log.scrollTop;
    this.following = !tall;
  }

  /* Whoever has scrolled up to read is not torn away: a cue says that there is more. */
  place(node, must) {
    if (must || this.follows) return this.toEnd(node);
    this.latest = node;
    this.cue.hidden = false;
  }

  toNews() {
    this.cue.hidden = true;
    this.toEnd(this.latest);
    this.log.focus();
  }

  seen() {
    if (this.atEnd) this.cue.hidden = true;
  }

  clear(...nodes) {
    this.cue.hidden = true;
    this.log.replaceChildren(...nodes);
    this.log.scrollTop = 0;
  }
}
