import STRINGS from '../languages/en.json';

export const HERE = import.meta.url;
/* The server writes its number in front of the script: a page that is offline from its start can name it. */
const NUMBER = typeof EMERGENCY_NUMBER === 'string' ? EMERGENCY_NUMBER : '';

/* What the page has set by attributes, and the words that come of it. */
export class Settings extends HTMLElement {
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
    const own = new URL('.', HERE).href;
    try {
      const url = new URL(this.getAttribute('server') || own, location.href);
      return (url.origin + url.pathname).replace(/\/$/, '');
    } catch {
      console.error(`<hematoma-guide>: "${this.getAttribute('server')}" (attribute "server") is not an address.`);
      return own.replace(/\/$/, '');
    }
  }

  readStrings() {
    const s = (this.strings = { ...STRINGS, ...this.words });
    for (const name of ['heading', 'opening', 'launch']) s[name] = this.getAttribute(name) || s[name];
  }

  say(key, values) {
    return this.strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }
}
