import { el, icon } from './dom.js';
import { raise } from './room.js';

/* What can be done with the chat as a whole. Whatever deletes it asks first. */
export class Options {
  constructor(chat) {
    const s = chat.strings;
    const act = (key, run) => el('button', { onclick: run }, s[key]);
    this.chat = chat;
    this.toggle = el('button', { 'aria-expanded': 'false', 'aria-controls': 'menu', 'aria-label': s.options, onclick: () => this.show(this.box.hidden) }, icon('options'));
    this.box = el('div', { class: 'menu', id: 'menu', hidden: true });
    this.items = [
      act('restart', () => this.ask(s.restartAsk, s.restartYes, () => this.startOver())),
      act('copy', () => this.copy()),
      act('print', () => this.print()),
      act('remove', () => this.ask(s.confirm, s.confirmYes, () => this.delete())),
    ];
  }

  show(open, ...content) {
    this.box.replaceChildren(...(content.length ? content : this.items));
    this.box.hidden = !open;
    this.toggle.setAttribute('aria-expanded', String(open));
  }

  /* Whether there was something to close. */
  close() {
    if (this.box.hidden) return false;
    this.show(false);
    this.toggle.focus();
    return true;
  }

  ask(question, yes, run) {
    const keep = el('button', { 'aria-describedby': 'sure', onclick: () => this.close() }, this.chat.strings.confirmNo);
    this.show(true, el('p', { id: 'sure' }, question), el('button', { onclick: run }, yes), keep);
    keep.focus();
  }

  startOver() {
    const { state, strings } = this.chat;
    this.show(false);
    this.chat.clear(strings.restarted, [...state.erase, state.token].filter(Boolean));
  }

  /* A deletion that is asked for by name is said to be done only when the server has done it. */
  async delete() {
    const { chat } = this;
    const { token, erase } = chat.state;
    this.close();
    const { status } = token ? await chat.line.request('DELETE', 'session', null, token).catch(() => ({})) : { status: 204 };
    // 401: the server has forgotten this chat already.
    if (status === 204 || status === 401) chat.clear(chat.strings.deleted, erase);
    else chat.notice.tell(chat.strings.notDeleted, { error: true });
  }

  async copy() {
    const { strings: s, state } = this.chat;
    const text = state.messages.map((message) => `${message.who === 'me' ? s.you : s.bot}\n${message.text}`).join('\n\n');
    this.close();
    try {
      await navigator.clipboard.writeText(text);
      this.chat.notice.tell(s.copied);
    } catch {
      this.chat.notice.tell(s.notCopied, { error: true });
    }
  }

  /* On paper the chat stands alone, without the page around it. */
  print() {
    const { chat } = this;
    chat.scroller.log.querySelectorAll('details').forEach((source) => (source.open = true));
    this.close();
    chat.section.classList.add('alone');
    this.paper(true);
    const only = new CSSStyleSheet();
    only.replaceSync('@media print{body{visibility:hidden!important}}');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, only];
    addEventListener('afterprint', () => {
      chat.section.classList.remove('alone');
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== only);
      this.paper(false);
    }, { once: true });
    print();
  }

  /* The top layer cannot flow over several sheets, so the chat leaves it while the page is printed. */
  paper(on) {
    const { panel, isOpen } = this.chat;
    if (on) panel.removeAttribute('popover');
    else if (isOpen) raise(panel, true);
  }
}
