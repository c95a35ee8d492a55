import { el } from './dom.js';
import { callLink } from './messages.js';

const SLOW_AFTER = 4000; // ms until the patient hears that it takes longer

/* In `dangerWords` a blank in front means the beginning of a word.
 * Without a line, words are weighed here: in doubt they are taken for an emergency. */
export function isDanger(text, { dangerWords }) {
  const words = ` ${text.normalize().toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')} `;
  return dangerWords.split(',').some((word) => word && words.includes(word));
}

/* What stands between the log and the input: that the bot is at work, and what went wrong. */
export class Notice {
  constructor(chat) {
    this.chat = chat;
    this.until = 0;
    this.typing = el('div', { class: 'typing', hidden: true }, el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), (this.typingText = el('span')));
    this.box = el('div', { class: 'notice', hidden: true });
  }

  busy(on) {
    const { scroller, strings, voice } = this.chat;
    clearTimeout(this.slowTimer);
    const follow = scroller.follows;
    this.typing.hidden = !on;
    this.typingText.textContent = on ? strings.typing : '';
    if (on && follow) scroller.toEnd();
    if (!on) return;
    this.slowTimer = setTimeout(() => {
      this.typingText.textContent = strings.slow;
      voice.say(strings.slow);
    }, SLOW_AFTER);
  }

  stop() {
    this.busy(false);
    clearInterval(this.ticking);
  }

  /* Every trouble names the emergency number: whoever waits here may need it. */
  trouble(kind, seconds) {
    const { chat } = this;
    if (!kind) return chat.line.unsent.length ? null : this.tell('');
    const unsent = chat.state.messages.filter((message) => message.state === 'failed');
    unsent.forEach((message) => chat.mark(message));
    const danger = unsent.some((message) => chat.isDanger(message.send));
    const first = danger ? `${chat.strings.danger} ` : '';
    if (seconds) this.until = Date.now() + seconds * 1000;
    const text = () => {
      const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
      const [n, unit] = left > 90 ? [left / 60, 'minute'] : [left, 'second'];
      return `${first}${chat.emergencyLine} ${chat.say(kind, { n: new Intl.NumberFormat(chat.language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(n)) })}`;
    };
    const told = `${kind} ${danger}`;
    if (this.told === told && !this.box.hidden && kind !== 'wait') return;
    this.tell(text(), { error: true, call: true, retry: kind !== 'wait' });
    this.told = told;
    if (danger && !chat.isOpen) chat.open();
    // The countdown is seen, not read out second by second.
    if (kind === 'wait') this.ticking = setInterval(() => (this.box.querySelector('p').textContent = text()), 1000);
  }

  /** A line above the input; an error is said at once.
   * @param {string} text
   * @param {{error?: boolean, call?: boolean, retry?: boolean}} [how] */
  tell(text, { error, call, retry } = {}) {
    const { chat } = this;
    clearInterval(this.ticking);
    this.told = '';
    const follow = chat.scroller.follows;
    this.box.hidden = !text;
    this.box.classList.toggle('bad', Boolean(error));
    this.box.replaceChildren(...[
      call ? callLink(chat) : null,
      text ? el('p', null, text) : null,
      retry ? el('button', { onclick: () => chat.line.again() }, chat.strings.retry) : null,
    ].filter(Boolean));
    if (!text) return;
    if (error) chat.voice.alarm(text);
    else chat.voice.say(text);
    if (follow) chat.scroller.toEnd();
  }
}
