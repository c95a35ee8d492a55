import { newId } from './dom.js';

/* The line to the server: messages go out one at a time until each of them is answered. */
const MOST_BYTES = 15500; // of one request; the server takes 16 kB
const GIVE_UP_AFTER = 25000; // ms; the server itself answers within 15 s
const DOUBLE_TAP = 1000; // ms in which the same words are the same press
const PAUSES = [2, 4, 8, 15, 30, 60]; // seconds before a next try

/* Cut a text so that its request fits; what is left is still checked for danger signs. */
function cut(text) {
  const size = (t) => new TextEncoder().encode(JSON.stringify(t)).length;
  let fitted = text;
  while (size(fitted) > MOST_BYTES) fitted = fitted.slice(0, Math.floor(fitted.length * 0.95));
  return fitted;
}

export class Line {
  /* `chat` keeps the state, and shows what the line brings: see its methods `on...` and its notice. */
  constructor(chat, server) {
    this.chat = chat;
    this.server = server;
    this.tries = this.lastAt = 0;
    this.open = new Set();
  }

  /* Send what an error, a dead line or a reload left behind. */
  start(signal) {
    addEventListener('online', () => this.again(), { signal });
    this.again();
  }

  /* What is under way is broken off; the server answers a message sent again only once. */
  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.eraser);
    this.run = null;
    this.open.forEach((request) => request.abort());
  }

  get unsent() {
    return this.chat.state.messages.filter((message) => message.who === 'me' && message.state !== 'sent');
  }

  send(text, shown) {
    const now = Date.now();
    const twice = text === this.lastText && now - this.lastAt < DOUBLE_TAP;
    if (twice || this.unsent.some((message) => message.send === text && message.state === 'waiting')) return;
    this.lastText = text;
    this.lastAt = now;
    this.chat.onQueued({ who: 'me', text: shown, send: text, id: newId(), state: 'waiting' });
    if (this.resting) this.keep('wait');
    else this.pump();
  }

  again() {
    clearTimeout(this.timer);
    this.resting = false;
    this.erase();
    this.pump();
  }

  /* Whoever may be in danger is answered before all that was asked earlier. */
  next() {
    const { unsent } = this;
    return unsent.find((message) => this.chat.isDanger(message.send)) || unsent[0];
  }

  async pump() {
    if (this.run || !this.unsent.length) return;
    clearTimeout(this.timer);
    const run = (this.run = {});
    this.chat.notice.busy(true);
    for (let next; this.run === run && (next = this.next()); ) {
      const trouble = await this.ask(next, run);
      if (this.run !== run) return;
      if (trouble) {
        this.hold(trouble);
        break;
      }
      this.tries = 0;
      this.chat.notice.trouble(null);
    }
    if (this.run !== run) return;
    this.run = null;
    this.chat.notice.busy(false);
    this.chat.save();
  }

  /* Try again: later each time, and not all pages at once. */
  hold({ kind, seconds = 0 }) {
    const pause = seconds || PAUSES[Math.min(this.tries, PAUSES.length - 1)] * (0.75 + Math.random() / 2);
    this.tries += 1;
    this.resting = kind === 'wait';
    this.keep(kind, pause);
    if (kind !== 'refused') this.timer = setTimeout(() => this.again(), pause * 1000);
  }

  keep(kind, pause) {
    this.unsent.forEach((message) => (message.state = 'failed'));
    this.chat.notice.trouble(kind, pause);
  }

  /* Bring one message; what stands in the way, or nothing. */
  async ask(message, run) {
    const { chat } = this;
    const send = () => this.call('POST', 'message', { text: cut(message.send), message_id: message.id }, run);
    try {
      if (chat.state.token && chat.state.until < Date.now()) this.renew(message);
      let { status, body } = await send();
      if (status === 401 && this.run === run) {
        this.renew(message);
        ({ status, body } = await send());
      }
      if (this.run !== run) return null;
      const error = body.error || {};
      if (status === 200 && body.messages) chat.onAnswer(message, body.messages);
      else if (status === 429) return { kind: 'wait', seconds: error.retry_after || 10 };
      else if ([400, 409, 413].includes(status) && error.message) chat.onAnswer(message, [{ text: error.message, custom: { outcome: 'unavailable' } }]);
      else if (status >= 400 && status < 500) return this.complain('refused', `answered ${status}${error.code ? ` (${error.code})` : ''}`);
      else return { kind: 'failed' };
      return null;
    } catch (error) {
      if (this.run !== run) return null;
      return navigator.onLine ? this.complain('failed', `cannot be reached (${error})`) : { kind: 'offline' };
    }
  }

  /* One clear line for the person who looks after the page. */
  complain(kind, what) {
    if (!this.complained) console.error(`<hematoma-guide>: the bot at ${this.server} ${what}. Wrong address, or ${location.origin} not in ALLOWED_ORIGINS?`);
    this.complained = true;
    return { kind };
  }

  /* The session has ended. The new one has never offered a button: say its words instead. */
  renew(message) {
    this.chat.state.token = null;
    if (message.send.startsWith('/')) message.send = message.text;
    this.chat.onRenewed(message);
  }

  /* A request with the session's token; without one, a session is begun. */
  async call(method, path, sent, run) {
    const { state } = this.chat;
    if (!state.token) {
      const begun = await this.request('POST', 'session', {});
      if (begun.status !== 201) return begun;
      if (run && this.run !== run) throw new Error('the chat was left');
      state.token = begun.body.token;
      state.until = Date.now() + begun.body.expires_in * 1000;
      state.number = begun.body.emergency_number || '';
      this.chat.composer.longest = begun.body.max_text || this.chat.composer.longest;
      this.chat.save();
    }
    return this.request(method, path, sent, state.token);
  }

  async request(method, path, sent, token) {
    /** @type {Record<string, string>} */
    const headers = sent ? { 'Content-Type': 'application/json' } : {};
    if (token) headers.Authorization = `Bearer ${token}`;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), GIVE_UP_AFTER);
    this.open.add(limit);
    try {
      const response = await fetch(`${this.server}/webhooks/web/${path}`, { method, headers, body: sent && JSON.stringify(sent), signal: limit.signal, credentials: 'omit', cache: 'no-store' });
      return { status: response.status, body: await response.json().catch(() => ({})) };
    } finally {
      clearTimeout(timer);
      this.open.delete(limit);
    }
  }

  /* Chats that were left are erased on the server as well: nobody could reach them any more. */
  async erase() {
    clearTimeout(this.eraser);
    for (const old of [...(this.chat.state.erase || [])]) {
      // 401: the server has forgotten this chat already.
      const { status } = await this.request('DELETE', 'session', null, old).catch(() => ({ status: 0 }));
      const { state } = this.chat;
      if (status === 204 || status === 401) state.erase = (state.erase || []).filter((token) => token !== old);
      else this.eraser = setTimeout(() => this.erase(), PAUSES[5] * 1000);
      this.chat.save();
    }
  }

  /* Forget what is under way; the chat has begun anew. */
  reset() {
    this.stop();
    this.resting = false;
    this.tries = 0;
    this.lastText = '';
    this.chat.notice.busy(false);
    this.erase();
  }
}
