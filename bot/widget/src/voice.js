import { el } from './dom.js';

/* What screen readers say: one region for news, one for alarms.
 *
 * Both stand outside the log and the panel, so that a closed chat is heard as well. Each text
 * is one node, set once: a log that fills piece by piece is read piece by piece, and twice.
 * A live region, without the role of an alert: Orca misses the change of an alert in Firefox, and VoiceOver is
 * known to say twice what has both. */
const APART = 900; // ms between two news: sooner, and readers drop the first
const HEARD = 8000; // ms after which nobody should find it when browsing the page

export class Voice {
  constructor(language) {
    this.language = language;
    this.status = el('div', { class: 'sr', role: 'status' });
    this.alert = el('div', { class: 'sr', 'aria-live': 'assertive' });
    this.queue = [];
  }

  say(text, language) {
    this.queue.push([text, language]);
    if (!this.timer) this.next(60);
  }

  /* An alarm waits for nothing; what was to be said before it is said after it. */
  alarm(text, language) {
    clearTimeout(this.timer);
    this.put(this.alert, text, language);
    this.next(2 * APART);
  }

  next(pause) {
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (!this.queue.length) return;
      this.put(this.status, ...this.queue.shift());
      this.next(APART);
    }, pause);
  }

  /* Emptied first, so that the same words are heard a second time. */
  put(region, text, language = this.language) {
    region.lang = language;
    region.textContent = '';
    clearTimeout(region.later);
    clearTimeout(region.gone);
    region.later = setTimeout(() => (region.textContent = text), 40);
    region.gone = setTimeout(() => (region.textContent = ''), HEARD);
  }

  stop() {
    this.queue = [];
    clearTimeout(this.timer);
    this.timer = 0;
    this.put(this.status, '');
    this.put(this.alert, '');
  }
}
