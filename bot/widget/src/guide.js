import { dress, el, icon, paint } from './dom.js';
import { claim, keep, nothing, release, restore } from './kept.js';
import { Line } from './line.js';
import { callLink, isAlarm, mine, spoken, theirs, welcome } from './messages.js';
import { Options } from './options.js';
import { fit, isSmall, keepInside, raise } from './room.js';
import STRINGS from '../languages/en.json';
import { CSS } from './style.js';
import { Voice } from './voice.js';

const SLOW_AFTER = 4000; // ms until the patient hears that it takes longer
export const HERE = import.meta.url;
/* The server writes its number in front of the script: a page that is offline from its start can name it. */
const NUMBER = typeof EMERGENCY_NUMBER === 'string' ? EMERGENCY_NUMBER : '';

/* The chat as an element of the page: what a person does, and what is shown of it. */
export class HematomaGuide extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) this.build();
    this.life = new AbortController();
    const { signal } = this.life;
    this.key = claim(`hematoma-guide ${this.line.server}${this.id ? `#${this.id}` : ''}`);
    if (!this.state) this.begin();
    const again = () => this.fit();
    addEventListener('resize', again, { signal });
    for (const type of ['resize', 'scroll']) if (window.visualViewport) visualViewport.addEventListener(type, again, { signal });
    addEventListener('beforeprint', () => this.options.paper(true), { signal });
    addEventListener('afterprint', () => this.options.paper(false), { signal });
    if (this.isInline || this.hasAttribute('open') || (this.state.open && !isSmall())) this.open();
    else raise(this.launcher, true);
    this.line.start(signal);
  }

  disconnectedCallback() {
    this.life.abort();
    this.line.stop();
    this.voice.stop();
    this.onBusy(false);
    clearInterval(this.ticking);
    release(this.key);
  }

  /* Show what this tab has kept. Nothing of it is read out again. */
  begin() {
    this.state = restore(this.key);
    this.log.replaceChildren(welcome(this));
    this.state.messages.forEach((message) => this.log.append(this.draw(message)));
    this.input.value = this.state.draft;
    this.count();
    this.badge();
  }

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

  say(key, values) {
    return this.strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  save() {
    keep(this.key, this.state);
  }

  /* ---- building ---- */

  build() {
    const s = (this.strings = { ...STRINGS, ...this.words });
    for (const name of ['heading', 'opening', 'launch']) s[name] = this.getAttribute(name) || s[name];
    this.nodes = new WeakMap();
    this.maxText = 2000;
    this.voice = new Voice();
    this.line = new Line(this, this.address);
    this.options = new Options(this);
    const root = this.attachShadow({ mode: 'open' });
    dress(root, CSS);
    // A page's shortcuts are for its own fields, not for letters typed here.
    for (const type of ['keydown', 'keypress', 'keyup']) root.addEventListener(type, (event) => event.stopPropagation());

    this.launcher = el('button', { class: 'launch', 'aria-haspopup': 'dialog', hidden: true, onclick: () => this.open(true) }, icon('chat'), el('span', null, s.launch), (this.news = el('span', { class: 'badge' })));
    this.title_ = el('h2', { id: 'title', tabindex: '-1' }, s.heading);
    this.log = el('div', { class: 'log', role: 'log', 'aria-label': s.log, 'aria-live': 'off', tabindex: '0', onscroll: () => this.seen() });
    this.cue = el('button', { class: 'cue', hidden: true, onclick: () => this.toNews() }, s.cue);
    this.typing = el('div', { class: 'typing', hidden: true }, el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), (this.typingText = el('span')));
    this.notice = el('div', { class: 'notice', hidden: true });
    this.input = el('textarea', { id: 'input', rows: '1', dir: 'auto', placeholder: s.placeholder, 'aria-describedby': 'count', autocomplete: 'off', enterkeyhint: 'send', oninput: () => this.typed(), onkeydown: (event) => this.onKey(event) });
    this.counter = el('p', { class: 'count', id: 'count', hidden: true }, s.over);
    const form = el('form', { onsubmit: (event) => this.submit(event) }, el('label', { class: 'sr', for: 'input' }, s.input), this.input, el('button', { class: 'send', type: 'submit', 'aria-label': s.send }, icon('send')));
    const shut = el('button', { hidden: this.isInline, 'aria-label': s.close, onclick: () => this.close() }, icon('close'));
    this.panel = el(
      'div', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true, onkeydown: (event) => (this.escape(event), keepInside(event, this.panel)) },
      el('header', null, el('div', null, this.title_, el('p', null, s.subheading)), this.options.toggle, shut),
      this.options.box, this.log, this.cue, this.typing, this.notice, form, this.counter,
    );
    this.section = el('section', { 'aria-label': s.name, lang: this.getAttribute('lang') }, this.launcher, this.panel, this.voice.status, this.voice.alert);
    paint(this.section, this.getAttribute('color'));
    root.append(this.section);
  }

  draw(message) {
    const node = message.who === 'me' ? mine(this, message) : theirs(this, message);
    this.nodes.set(message, node);
    return node;
  }

  /* ---- opening, closing, moving about ---- */

  get isOpen() {
    return !this.panel.hidden;
  }

  open(byHand) {
    raise(this.launcher, false);
    raise(this.panel, true);
    this.state.open = true;
    this.state.unread = 0;
    this.badge();
    this.fit();
    this.count();
    this.toEnd();
    this.save();
    // On a phone the keyboard would cover the first message.
    if (byHand) (matchMedia('(pointer: coarse)').matches ? this.title_ : this.input).focus();
  }

  close() {
    if (this.isInline) return;
    raise(this.panel, false);
    raise(this.launcher, true);
    this.state.open = false;
    this.save();
    this.launcher.focus();
  }

  escape(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    if (!this.options.close()) this.close();
  }

  fit() {
    const follow = this.atEnd;
    fit(this.panel, this.isInline);
    if (follow) this.toEnd();
  }

  badge() {
    this.news.textContent = this.state.unread ? this.say('unread', { n: this.state.unread }) : '';
  }

  get atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
  }

  /* A reply taller than the window is shown from its beginning. */
  toEnd(node = this.log.lastElementChild) {
    const tall = node && node.offsetHeight > this.log.clientHeight - 40;
    if (tall) this.log.scrollTop = node.offsetTop - 8;
    else if (node === this.log.lastElementChild) this.log.scrollTop = this.log.scrollHeight;
    else node.scrollIntoView({ block: 'nearest' });
    if (this.panel.classList.contains('tiny') && node) node.scrollIntoView({ block: 'start' });
    this.placed = this.log.scrollTop;
    this.following = !tall;
  }

  /* Whoever has scrolled up to read is not torn away: a cue says that there is more. */
  place(node, must) {
    const follow = must || this.follows;
    if (follow) return this.toEnd(node);
    this.latest = node;
    this.cue.hidden = false;
  }

  get follows() {
    return this.atEnd || (this.following && this.log.scrollTop >= this.placed - 40);
  }

  toNews() {
    this.cue.hidden = true;
    this.toEnd(this.latest);
    this.log.focus();
  }

  seen() {
    if (this.atEnd) this.cue.hidden = true;
  }

  /* ---- typing ---- */

  /* Enter that picks a word of an input method (229 where isComposing is not set) sends nothing. */
  onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    this.submit(event);
  }

  typed() {
    this.state.draft = this.input.value;
    this.save();
    this.count();
  }

  count() {
    const { value, style } = this.input;
    style.height = 'auto';
    if (value) style.height = `${this.input.scrollHeight + 2}px`;
    const over = value.length > this.maxText;
    if (over && this.counter.hidden) this.voice.say(this.strings.over);
    this.counter.hidden = !over;
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = '';
    this.typed();
    this.send(text, text);
  }

  send(text, shown) {
    this.line.send(text, shown);
  }

  /* ---- what the line brings ---- */

  onQueued(message) {
    this.state.messages.push(message);
    this.log.append(this.draw(message));
    this.save();
    this.toEnd();
    this.following = true;
  }

  onBusy(on) {
    clearTimeout(this.slowTimer);
    const follow = this.follows;
    this.typing.hidden = !on;
    this.typingText.textContent = on ? this.strings.typing : '';
    if (on && follow) this.toEnd();
    if (!on) return;
    this.slowTimer = setTimeout(() => {
      this.typingText.textContent = this.strings.slow;
      this.voice.say(this.strings.slow);
    }, SLOW_AFTER);
  }

  /* Beside its question, however late it comes. */
  add(message) {
    const { messages } = this.state;
    let at = messages.length;
    while (at && messages[at - 1].id !== message.id) at -= 1;
    if (!at) at = messages.length;
    const node = this.draw(message);
    const before = this.nodes.get(messages[at - 1]);
    if (before) before.after(node);
    else this.log.append(node);
    messages.splice(at, 0, message);
    return node;
  }

  onRenewed(message) {
    this.place(this.add({ who: 'bot', text: this.strings.renewed, id: message.id }));
    this.voice.say(this.strings.renewed);
  }

  onAnswer(message, replies) {
    message.state = 'sent';
    this.mark(message);
    for (const { text, buttons, custom } of replies.filter((reply) => reply && reply.text)) this.onReply({ who: 'bot', text, buttons, custom, id: message.id });
    this.save();
  }

  /* Nobody may miss an alarm: it is said first, and it opens a closed chat. */
  onReply(message) {
    const alarm = isAlarm(message);
    const node = this.add(message);
    if (alarm && !this.isOpen) this.open();
    if (this.isOpen) this.place(node, alarm);
    else {
      this.state.unread += 1;
      this.badge();
    }
    if (alarm) this.voice.alarm(spoken(this, message));
    else this.voice.say(this.isOpen ? spoken(this, message) : this.strings.arrived);
  }

  mark(message) {
    const state = this.nodes.has(message) && this.nodes.get(message).querySelector('.state');
    if (state) state.hidden = message.state !== 'failed';
  }

  /* Without a line, words are weighed here: in doubt they are taken for an emergency. */
  isDanger(text) {
    const words = ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')}`;
    return this.strings.dangerWords.split(',').some((word) => words.includes(` ${word}`));
  }

  /* Every trouble names the emergency number: whoever waits here may need it. */
  onTrouble(kind, seconds) {
    if (!kind) return this.line.unsent.length ? null : this.tell('');
    const unsent = this.state.messages.filter((message) => message.state === 'failed');
    unsent.forEach((message) => this.mark(message));
    const danger = unsent.some((message) => this.isDanger(message.send));
    const first = danger ? `${this.strings.danger} ` : '';
    if (seconds) this.until = Date.now() + seconds * 1000;
    const text = () => {
      const left = Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
      return `${first}${this.emergencyLine} ${this.say(kind, { n: left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s` })}`;
    };
    const told = `${kind} ${danger}`;
    if (this.told === told && !this.notice.hidden && kind !== 'wait') return;
    this.tell(text(), { error: true, call: true, retry: kind !== 'wait' });
    this.told = told;
    if (danger && !this.isOpen) this.open();
    // The countdown is seen, not read out second by second.
    if (kind === 'wait') this.ticking = setInterval(() => (this.notice.querySelector('p').textContent = text()), 1000);
  }

  /* A line above the input; an error is said at once. */
  tell(text, { error, call, retry } = {}) {
    clearInterval(this.ticking);
    this.told = '';
    const follow = this.follows;
    this.notice.hidden = !text;
    this.notice.classList.toggle('bad', Boolean(error));
    this.notice.replaceChildren(...[
      call ? callLink(this) : null,
      text ? el('p', null, text) : null,
      retry ? el('button', { onclick: () => this.line.again() }, this.strings.retry) : null,
    ].filter(Boolean));
    if (!text) return;
    if (error) this.voice.alarm(text);
    else this.voice.say(text);
    if (follow) this.toEnd();
  }

  onVote(message, value) {
    message.vote = value;
    this.save();
    this.voice.say(this.strings.thanks);
    this.line.call('POST', 'feedback', { message_id: message.id, value }).catch(() => {}); // not worth an error
  }

  /* Begin anew; what is to be erased of the old chat on the server stays on the list until it is. */
  clear(said, erase) {
    this.state = { ...nothing(), open: this.isOpen, number: this.state.number, erase };
    this.input.value = '';
    this.count();
    this.cue.hidden = true;
    this.log.replaceChildren(welcome(this));
    this.log.scrollTop = 0;
    this.line.reset();
    this.tell(said);
    this.save();
    this.input.focus();
  }
}
