import { known, pack, withEnglish } from './language.js';

export const HERE = import.meta.url;
/* The server writes its number in front of the script: a page that is offline from its start can name it. */
const NUMBER = typeof EMERGENCY_NUMBER === 'string' ? EMERGENCY_NUMBER : '';

/* What the page has set by attributes, and the words that come of it. */
export class Settings extends HTMLElement {
  /** @type {any} */
  state = null; // what is kept of the chat, from its start on
  server = '';

  get isInline() {
    return this.hasAttribute('inline');
  }

  get emergencyNumber() {
    return this.getAttribute('emergency-number') || NUMBER || this.state.number || '';
  }

  get emergencyLine() {
    return this.say('emergencyLine', { number: this.emergencyNumber || this.strings.localNumber });
  }

  get words() {
    try {
      return JSON.parse(this.getAttribute('strings') || '{}');
    } catch {
      console.warn('<hematoma-guide>: the attribute "strings" is not valid JSON.');
      return {};
    }
  }

  /* The bot's address: where the script came from, a path in front of it included. */
  get address() {
    const given = this.getAttribute('server');
    const plain = (address, base) => {
      const url = new URL(address, base);
      return (url.origin + url.pathname).replace(/\/$/, '');
    };
    try {
      if (given) return plain(given, location.href);
    } catch {
      console.error(`<hematoma-guide>: "${given}" (attribute "server") is not an address.`);
    }
    return plain('.', HERE);
  }

  /* The language asked for: by the element itself, or by the part of the page that it is in. */
  get asked() {
    const part = /** @type {HTMLElement} */ (this.closest('[lang]') || document.documentElement);
    return known(part.lang);
  }

  /* The words of the language asked for, on their way; null where they are here already. */
  pack() {
    return pack(this.asked, this.server);
  }

  readStrings(words) {
    const s = (this.strings = withEnglish(words, this.words));
    for (const name of ['heading', 'opening', 'launch']) s[name] = this.getAttribute(name) || s[name];
    this.language = words || this.hasAttribute('strings') ? this.asked : 'en';
  }

  say(key, values) {
    return this.strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  time(at, whole) {
    const day = (time) => new Date(time).toDateString();
    /** @type {Intl.DateTimeFormatOptions} */
    const date = whole || day(at) !== day(Date.now()) ? { dateStyle: 'medium' } : {};
    return new Date(at).toLocaleString(this.language, { ...date, timeStyle: 'short' });
  }

  /* What is loaded only when it is asked for; it brings its own English words. */
  async extra(name) {
    const extra = await import(`${this.server}/widget/${name}.js`);
    this.strings = { ...extra.ENGLISH, ...this.strings };
    return extra;
  }

  /* Tell the page that something happened, and never what was said. */
  emit(name) {
    this.dispatchEvent(new Event(`guide-${name}`, { bubbles: true }));
  }
}
