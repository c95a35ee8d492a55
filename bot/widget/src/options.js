import { el, icon } from './dom.js';
import { personLink } from './messages.js';
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
      ...[personLink(chat)].filter(Boolean),
      act('restart', () => this.ask(s.restartAsk, s.restartYes, () => this.startOver())),
      ...['copy', 'download', 'print'].map((how) => act(how, () => this.take(how))),
      act('remove', () => this.ask(s.confirm, s.confirmYes, () => this.delete())),
    ];
  }

  show(open, ...content) {
    this.box.replaceChildren(...(content.length ? content : this.items));
    this.box.hidden = !open;
    if (open) this.chat.extra('transcript').catch(() => {}); // said when it is pressed
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

  /* What takes the chat along is loaded when the options are first shown. */
  async take(how) {
    const { chat } = this;
    this.close();
    try {
      await (await chat.extra('transcript'))[how](chat);
    } catch {
      chat.notice.tell(chat.strings.notLoaded, { error: true });
    }
  }

  /* The top layer cannot flow over several sheets, so the chat leaves it while the page is printed. */
  paper(on) {
    const { panel, isOpen } = this.chat;
    if (on) panel.removeAttribute('popover');
    else if (isOpen) raise(panel, true);
  }
}
