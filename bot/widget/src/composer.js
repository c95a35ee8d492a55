import { el, icon } from './dom.js';

/* Where a question is typed. */
export class Composer {
  constructor(chat) {
    const s = chat.strings;
    this.chat = chat;
    this.longest = 2000; // letters; the server may say another number
    this.input = el('textarea', { id: 'input', rows: '1', dir: 'auto', placeholder: s.placeholder, 'aria-describedby': 'count', autocomplete: 'off', enterkeyhint: 'send', oninput: () => this.typed(), onkeydown: (event) => this.onKey(event) });
    this.counter = el('p', { class: 'count', id: 'count' });
    this.form = el('form', { onsubmit: (event) => this.submit(event) }, el('label', { class: 'sr', for: 'input' }, s.input), this.input, el('button', { class: 'send', type: 'submit', 'aria-label': s.send }, icon('send')));
  }

  /* Put a text there, or take it away. */
  fill(text) {
    this.input.value = text;
    this.count();
  }

  /* Enter that picks a word of an input method (229 where isComposing is not set) sends nothing. */
  onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.submit(event);
  }

  typed() {
    this.chat.state.draft = this.input.value;
    this.chat.save();
    this.count();
  }

  count() {
    const { value, style } = this.input;
    style.height = 'auto';
    if (value) style.height = `${this.input.scrollHeight + 2}px`;
    const over = value.length > this.longest;
    const words = over ? this.chat.strings.over : '';
    if (words && !this.counter.textContent) this.chat.voice.say(words);
    this.counter.textContent = words; // emptied, not hidden: what is hidden still describes the input
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = '';
    this.typed();
    this.chat.send(text);
  }
}
