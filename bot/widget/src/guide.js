import { dress, el, icon, paint } from './dom.js';
import { claim, keep, nothing, release, restore } from './kept.js';
import { Composer } from './composer.js';
import { ANSWERS } from './language.js';
import { Line } from './line.js';
import { greeting, isAlarm, mine, spoken, theirs, welcome } from './messages.js';
import { isDanger, Notice } from './notice.js';
import { Options } from './options.js';
import { fit, isSmall, keepInside, raise } from './room.js';
import { Scroller } from './scroller.js';
import { Settings } from './settings.js';
import { CSS } from './style.js';
import { Voice } from './voice.js';

/* The chat as an element of the page: its life, its opening and closing, and what is shown of what the line brings. */
export class HematomaGuide extends Settings {
  connectedCallback() {
    const { signal } = (this.life = new AbortController());
    this.server ||= this.address;
    const start = (words) => {
      if (signal.aborted) return;
      if (!this.shadowRoot) this.build(words);
      this.start(signal);
    };
    const coming = this.shadowRoot ? null : this.pack();
    if (coming) coming.then(start);
    else start();
  }

  start(signal) {
    this.key = claim(`hematoma-guide ${this.server}${this.id ? `#${this.id}` : ''}`);
    if (!this.state) this.begin();
    const again = () => this.fit();
    addEventListener('resize', again, { signal });
    for (const type of ['resize', 'scroll']) window.visualViewport?.addEventListener(type, again, { signal });
    addEventListener('beforeprint', () => this.options.paper(true), { signal });
    addEventListener('afterprint', () => this.options.paper(false), { signal });
    if (this.isInline || this.hasAttribute('open') || (this.state.open && !isSmall())) this.open();
    else raise(this.launcher, true);
    this.line.start(signal);
    this.offer(signal);
    this.emit('ready');
  }

  /* Open unasked after some seconds: once in a tab, and never over the whole of a small screen. */
  offer(signal) {
    const seconds = Number(this.getAttribute('open-after'));
    if (!(seconds > 0) || this.state.opened || isSmall()) return;
    const timer = setTimeout(() => {
      if (this.state.opened) return;
      this.open();
      this.voice.say(this.strings.launch);
    }, seconds * 1000);
    signal.addEventListener('abort', () => clearTimeout(timer));
  }

  disconnectedCallback() {
    this.life.abort();
    if (!this.shadowRoot) return;
    this.line.stop();
    this.voice.stop();
    this.emit('leave');
    this.notice.stop();
    release(this.key);
  }

  build(words) {
    this.readStrings(words);
    const s = this.strings;
    this.nodes = new WeakMap();
    this.readAloud = null;
    this.voice = new Voice(this.language);
    this.scroller = new Scroller(this);
    this.notice = new Notice(this);
    this.composer = new Composer(this);
    this.line = new Line(this, this.server);
    this.options = new Options(this);
    const root = this.attachShadow({ mode: 'open' });
    dress(root, CSS);
    // A page's shortcuts are for its own fields, not for letters typed here.
    for (const type of ['keydown', 'keypress', 'keyup']) root.addEventListener(type, (event) => event.stopPropagation());

    this.launcher = el('button', { class: 'launch', 'aria-haspopup': 'dialog', hidden: true, onclick: () => this.open(true) }, icon('chat'), el('span', null, s.launch), (this.news = el('span', { class: 'badge' })));
    this.title_ = el('h2', { id: 'title', tabindex: '-1' }, s.heading);
    const shut = el('button', { hidden: this.isInline, 'aria-label': s.close, onclick: () => this.close() }, icon('close'));
    this.panel = el(
      'div', { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: true, onkeydown: (event) => (this.escape(event), keepInside(event, this.panel)) },
      el('header', null, el('div', null, this.title_, el('p', null, s.subheading)), this.options.toggle, shut),
      this.options.box, this.scroller.log, this.scroller.cue, this.notice.typing, this.notice.box, this.composer.form, this.composer.counter,
    );
    // A screen reader says where the focus went, and not what stands there to be read first.
    this.panel.addEventListener('focusin', () => this.state.messages.length || this.voice.say(spoken(this, greeting(this))), { once: true });
    this.section = el('section', { 'aria-label': s.name, lang: this.language, dir: s.dir }, this.launcher, this.panel, this.voice.status, this.voice.alert);
    paint(this.section, this.getAttribute('color'));
    root.append(this.section);
    if (this.hasAttribute('speech')) this.extra('speech').then((speech) => speech.add(this), () => {}); // the chat works on without
  }

  /* Show what this tab has kept. Nothing of it is read out again. */
  begin() {
    this.state = restore(this.key);
    this.scroller.clear(welcome(this), ...this.state.messages.map((message) => this.draw(message)));
    this.composer.fill(this.state.draft);
    this.badge();
  }

  save() {
    keep(this.key, this.state);
  }

  /* ---- opening and closing ---- */

  get isOpen() {
    return !this.panel.hidden;
  }

  open(byHand) {
    if (!this.state) return this.setAttribute('open', '');
    raise(this.launcher, false);
    raise(this.panel, true);
    this.state.open = this.state.opened = true;
    this.state.unread = 0;
    this.badge();
    this.fit();
    this.composer.count();
    this.scroller.toEnd();
    this.save();
    // On a phone the keyboard would cover the first message.
    if (byHand) (matchMedia('(pointer: coarse)').matches ? this.title_ : this.composer.input).focus();
    this.emit('open');
  }

  close() {
    if (this.isInline || !this.isOpen) return;
    raise(this.panel, false);
    raise(this.launcher, true);
    this.state.open = false;
    this.save();
    this.launcher.focus();
    this.emit('close');
  }

  escape(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    if (!this.options.close()) this.close();
  }

  fit() {
    const follow = this.scroller.atEnd;
    fit(this.panel, this.isInline);
    if (follow) this.scroller.toEnd();
  }

  badge() {
    this.news.textContent = this.state.unread ? this.say('unread', { n: this.state.unread }) : '';
  }

  /* ---- messages ---- */

  send(text, shown = text) {
    this.line.send(text, shown);
  }

  isDanger(text) {
    return isDanger(text, this.strings);
  }

  draw(message) {
    const node = message.who === 'me' ? mine(this, message) : theirs(this, message);
    this.nodes.set(message, node);
    return node;
  }

  onQueued(message) {
    message.at = Date.now();
    this.state.messages.push(message);
    this.scroller.log.append(this.draw(message));
    this.save();
    this.scroller.toEnd();
    this.scroller.following = true;
  }

  /* Beside its question, however late it comes. */
  add(message) {
    const { messages } = this.state;
    message.at = Date.now();
    let at = messages.length;
    while (at && messages[at - 1].id !== message.id) at -= 1;
    if (!at) at = messages.length;
    const node = this.draw(message);
    const before = this.nodes.get(messages[at - 1]);
    if (before) before.after(node);
    else this.scroller.log.append(node);
    messages.splice(at, 0, message);
    return node;
  }

  onRenewed(message) {
    this.scroller.place(this.add({ who: 'bot', text: this.strings.renewed, id: message.id }));
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
    if (this.isOpen) this.scroller.place(node, alarm);
    else {
      this.state.unread += 1;
      this.badge();
    }
    const words = spoken(this, message);
    if (alarm) this.voice.alarm(words, ANSWERS);
    else if (this.isOpen) this.voice.say(words, ANSWERS);
    else this.voice.say(this.strings.arrived);
    if (this.readAloud && this.isOpen) this.readAloud(words, alarm);
    this.emit('answer');
  }

  mark(message) {
    this.nodes.get(message)?.querySelector('.state')?.toggleAttribute('hidden', message.state !== 'failed');
  }

  onVote(message, value) {
    message.vote = value;
    this.save();
    this.voice.say(this.strings.thanks);
    this.line.call('POST', 'feedback', { message_id: message.id, value }).catch(() => {}); // not worth an error
  }

  /* Begin anew; what is to be erased of the old chat on the server stays on the list until it is. */
  clear(said, erase) {
    this.state = { ...nothing(), open: this.isOpen, opened: true, number: this.state.number, erase };
    this.composer.fill('');
    this.scroller.clear(welcome(this));
    this.line.reset();
    this.notice.tell(said);
    this.save();
    this.composer.input.focus();
  }
}
