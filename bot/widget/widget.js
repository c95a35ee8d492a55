/* <hematoma-guide>: a chat about hematomas for a clinic's website. docs/embedding.md explains it.
 *
 * One ES module: no dependency, no build step, no request but to its own server.
 * Built with DOM calls alone, it runs under a strict Content-Security-Policy and Trusted Types.
 * It keeps its state in this tab's sessionStorage, and nowhere else.
 */

const HERE = import.meta.url;

/* Every word a patient can see. The `strings` attribute (JSON) replaces any of them. */
const STRINGS = {
  name: 'Hematoma Guide',
  launch: 'Questions about hematomas?',
  heading: 'Hematoma Guide',
  subheading: 'A computer program, not a doctor',
  opening: 'Hello. I am a computer program, not a doctor or a nurse.\nI can tell you about **spinal hematomas**, **iliopsoas hematomas** (deep in the hip) and **ossified hematomas** (turned to bone). What I say comes from published articles.\nPlease do not type your name or other private details.',
  emergencyLine: 'In an emergency, call {number} now.',
  localNumber: 'your local emergency number',
  starters: ['What is a spinal hematoma?', 'What are the signs of an iliopsoas hematoma?', 'How is an ossified hematoma treated?'],
  log: 'Chat messages',
  you: 'You said:',
  bot: 'Hematoma Guide said:',
  input: 'Your question',
  placeholder: 'Type your question',
  send: 'Send',
  close: 'Close chat',
  options: 'Chat options',
  restart: 'Start over',
  copy: 'Copy chat',
  print: 'Print chat',
  remove: 'Delete my chat',
  confirm: 'Delete this chat? This cannot be undone.',
  confirmYes: 'Yes, delete it',
  confirmNo: 'No, keep it',
  deleted: 'Your chat has been deleted.',
  notDeleted: 'Your chat could not be deleted. Please try again.',
  restarted: 'You have a new chat.',
  copied: 'The chat has been copied.',
  notCopied: 'The chat could not be copied.',
  typing: 'Looking for an answer…',
  slow: 'Still looking. This can take a few more seconds.',
  offline: 'You are offline. Your message is kept and will be sent when you are back.',
  failed: 'Your message was not answered. It is kept here. Please try again.',
  retry: 'Try again',
  wait: 'That was a lot of messages. Yours is kept and will be sent in {n}.',
  renewed: 'Your last chat had ended, so this is a new one. I may not remember what we said before.',
  unsent: 'Not sent yet',
  left: '{n} characters left',
  over: 'Your message is long. You can send it, but a short question gets a better answer.',
  urgent: 'Get help now',
  crisis: 'You are not alone',
  call: 'Call {number}',
  source: 'Source: {title}',
  published: 'Published: {date}',
  read: 'Read the source',
  newTab: '(opens in a new tab)',
  disclaimer: 'Please note',
  helpful: 'Was this helpful?',
  up: 'Yes, helpful',
  down: 'No, not helpful',
  thanks: 'Thank you for telling us.',
};

const MOST_KEPT = 60; // messages in sessionStorage
const MOST_BYTES = 15500; // of one request; the server takes 16 kB
const SLOW_AFTER = 4000; // ms until the patient hears that it takes longer
const GIVE_UP_AFTER = 25000; // ms; the server itself answers within 15 s
const URGENT = ['urgent', 'crisis'];
const COLOR = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i;

const ICONS = {
  chat: 'M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z',
  close: 'M6 6l12 12M18 6L6 18',
  options: 'M4 7h16M4 12h16M4 17h16',
  send: 'M12 20V5M5 11l7-7 7 7',
  up: 'M7 11v9H3v-9h4zm0 0l4-8c2 0 3 1 3 3l-1 4h6a2 2 0 0 1 2 2l-2 7a2 2 0 0 1-2 1H7',
  alert: 'M12 8v5M12 17h.01M10.3 3.9L1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z',
  info: 'M12 11v6M12 7h.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
};

const DARK = `--bg:#12191d;--ink:#e9eff1;--soft:#a9b9bf;--line:#5d6f77;--hair:#2b373d;--bot:#1c262b;--me:#1d4147;--me-ink:#f1f8f9;--note:#232d24;--note-edge:#9cb87c;--alarm:#3a1618;--alarm-ink:#ffe3e0;--alarm-edge:#ff8f86;--link:#8fd3da`;

const CSS = `
:host{--accent:#0d5c63;--on-accent:#fff;--bg:#fff;--ink:#1b2a30;--soft:#52646c;--line:#74868e;--hair:#dfe7ea;--bot:#f2f6f7;--me:#dcedef;--me-ink:#10272b;--note:#f6f8ee;--note-edge:#6c8740;--alarm:#fff0ee;--alarm-ink:#5c0f0a;--alarm-edge:#c0281d;--link:#0b5b78;
color-scheme:light;font:400 max(16px,1rem)/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;color:var(--ink);text-align:start;text-transform:none;letter-spacing:normal}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){color-scheme:dark;${DARK}}}
:host([theme=dark]){color-scheme:dark;${DARK}}
:host([hidden]),[hidden]{display:none!important}
*{box-sizing:border-box}
button,textarea{font:inherit;color:inherit}
button,summary,a.call{min-height:44px;min-width:44px;cursor:pointer}
button{border:1px solid transparent;background:none;border-radius:12px;padding:8px 12px;display:inline-flex;align-items:center;justify-content:center;gap:10px;text-align:start}
:focus{outline:none}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
svg{width:22px;height:22px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launch{position:fixed;z-index:2147483000;inset-block-end:20px;inset-inline-end:20px;max-width:calc(100vw - 40px);min-height:56px;padding:12px 22px 12px 18px;border-radius:28px;background:var(--accent);color:var(--on-accent);font-weight:600;box-shadow:0 8px 28px #0f2a3040}
:host([position=left]) .launch,:host([position=left]) dialog{inset-inline:20px auto}
dialog{position:fixed;z-index:2147483000;inset:auto;inset-block-end:20px;inset-inline-end:20px;margin:0;padding:0;width:min(420px,calc(100vw - 40px));height:min(720px,calc(100dvh - 40px));max-width:none;max-height:none;border:1px solid var(--hair);border-radius:20px;background:var(--bg);color:inherit;box-shadow:0 8px 56px #0f2a3040;overflow:hidden;overflow:clip;flex-direction:column}
dialog[open]{display:flex}
dialog::backdrop{background:none}
header{display:flex;align-items:center;gap:4px;padding-block:12px;padding-inline:20px 10px;background:var(--accent);color:var(--on-accent)}
header div{flex:1;min-width:0}
h2{margin:0;font-size:1.06em;line-height:1.3;font-weight:650}
header p{margin:0;font-size:.86em;line-height:1.35}
header :focus-visible{outline-color:var(--on-accent);outline-offset:-4px}
.menu{display:grid;grid-template-columns:1fr 1fr;gap:6px;padding:10px;border-block-end:1px solid var(--hair);background:var(--bot)}
.menu button,.chip,.notice button{background:var(--bg);border-color:var(--line)}
.menu p{grid-column:1/-1;margin:4px}
button:hover{box-shadow:inset 0 0 0 99px #7f9aa01f}
.log{position:relative;flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:20px 16px 8px;display:flex;flex-direction:column;gap:14px;overflow-wrap:anywhere}
.log:focus-visible{outline-offset:-4px}
.msg{max-width:94%;align-self:flex-start;flex:none}
.bubble{padding:13px 16px;border-radius:18px 18px 18px 6px;background:var(--bot);border:1px solid transparent}
.me{align-self:flex-end;max-width:86%}
.me .bubble{background:var(--me);color:var(--me-ink);border-radius:18px 18px 6px 18px;white-space:pre-wrap}
.state{display:block;font-size:.84em;color:var(--soft);text-align:end;padding:3px 6px 0}
.bubble p,.bubble ul{margin:0}
.bubble p+p,.bubble p+ul,.bubble ul+p{margin-block-start:.55em}
ul{padding-inline-start:1.2em}
li+li{margin-block-start:.3em}
li::marker{color:var(--soft)}
a{color:var(--link);text-underline-offset:3px}
.alarm{max-width:100%;align-self:stretch}
.alarm .bubble{background:var(--alarm);color:var(--alarm-ink);border:2px solid var(--alarm-edge);border-radius:16px;font-size:1.06em}
.alarm h3{display:flex;gap:10px;align-items:center;margin:0 0 8px;font-size:1.12em;line-height:1.3}
.alarm a{color:inherit}
a.call{display:flex;align-items:center;justify-content:center;margin-block-start:12px;padding:10px 16px;border-radius:12px;background:#b3211a;color:#fff;font-weight:650;text-decoration:none;border:1px solid transparent}
details{margin-block-start:6px;font-size:.92em}
summary{padding:10px 8px;border-radius:10px;color:var(--link)}
details p{margin:0 0 4px;padding-inline:24px 8px}
.note{display:flex;gap:10px;margin:8px 0 0;padding:10px 14px;border-radius:12px;background:var(--note);border-inline-start:4px solid var(--note-edge);font-size:.92em;line-height:1.5}
.note svg{color:var(--note-edge)}
.chips{display:flex;flex-wrap:wrap;gap:8px;margin-block-start:10px}
.chip{border-radius:22px;padding:8px 16px;line-height:1.35;color:var(--link);font-weight:550;border-color:var(--line)}
.vote{display:flex;flex-wrap:wrap;align-items:center;gap:2px;margin-block-start:4px;padding-inline-start:8px;font-size:.86em;color:var(--soft)}
.vote :last-child svg{transform:scaleY(-1)}
.vote button[aria-pressed=true]{color:var(--link);border-color:currentColor;background:var(--me)}
.typing{display:flex;align-items:center;gap:12px;padding:4px 20px 12px;color:var(--soft);font-size:.92em}
.dots{display:flex;gap:4px}
.dots i{width:7px;height:7px;border-radius:50%;background:currentColor;border:1px solid transparent;animation:dot 1.2s infinite ease-in-out}
.dots i+i{animation-delay:.2s}.dots i+i+i{animation-delay:.4s}
@keyframes dot{30%{transform:translateY(-4px)}60%{transform:none}}
.notice{display:flex;flex-wrap:wrap;align-items:center;gap:10px;padding:12px 16px;border-block-start:1px solid var(--hair);background:var(--note);font-size:.94em}
.notice p{flex:1 1 12em;margin:0}
form{display:flex;align-items:flex-end;gap:8px;padding:12px;border-block-start:1px solid var(--hair)}
textarea{flex:1;min-width:0;min-height:48px;max-height:9.5em;resize:none;padding:10px 14px;line-height:1.6;border:1px solid var(--line);border-radius:14px;background:var(--bg)}
textarea:focus-visible{outline-offset:0}
::placeholder{color:var(--soft);opacity:1}
.send{width:48px;height:48px;padding:0;border-radius:14px;background:var(--accent);color:var(--on-accent)}
.count{padding:0 16px 10px;margin:0;font-size:.86em;color:var(--soft)}
:host([inline]){display:block;height:100%;min-height:24rem}
:host([inline]) section{height:100%}
:host([inline]) dialog{position:static;width:100%;height:100%;border-radius:0;border:0;box-shadow:none}
@media(max-width:520px){:host(:not([inline])) dialog{inset:0;width:100%;height:100dvh;border-radius:0;border:0}}
@media(max-height:440px){dialog,:host(:not([inline])) dialog{display:block;overflow:auto}dialog:not([open]){display:none!important}.log{overflow:visible}}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}
@media(forced-colors:active){.launch,.send,.bubble,.note,.chip,a.call,dialog{border:1px solid}.alarm .bubble{border-width:4px}.vote button[aria-pressed=true]{background:Highlight;color:HighlightText;forced-color-adjust:none}.dots i{background:CanvasText}}
@media print{:host{color:#000}dialog{position:static!important;display:block!important;width:auto!important;height:auto!important;border:0!important;box-shadow:none;overflow:visible;background:#fff;color:#000}dialog:not([open]),.launch,.menu,.notice,.typing,form,.count,.chips,.vote,header button{display:none!important}.log{overflow:visible;display:block}.msg{max-width:none;margin-block-end:12px;break-inside:avoid}.sr{position:static;width:auto;height:auto;clip-path:none;font-weight:600}.bubble,.me .bubble,.note{background:none;color:#000;padding:8px 12px;border-color:#999}header{background:none;color:#000;padding:0 0 12px}}
`;

/* ---- building the page without writing markup ---- */

function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/* An address we are willing to link to, or null. */
function safeLink(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'tel:' ? url.href : null;
  } catch {
    return null;
  }
}

function link(address, text, strings) {
  const href = safeLink(address);
  if (!href) return text;
  if (href.startsWith('tel:')) return el('a', { href }, text);
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text, el('span', { class: 'sr' }, ` ${strings.newTab}`));
}

/* The whole of our Markdown: **bold**, [text](https or tel), bare https addresses. */
function inline(text, strings) {
  const parts = [];
  const pattern = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^\s)]+)\)|(https:\/\/[^\s<>"]*[^\s<>".,;:!?)])/g;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(from, match.index));
    if (match[1]) parts.push(el('strong', null, match[1]));
    else parts.push(link(match[3] || match[4], match[2] || match[4], strings));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

/* Lines become paragraphs, lines that begin with "- " a list. */
function blocks(lines, strings) {
  const built = [];
  for (const line of lines) {
    const item = line.match(/^\s*[-*•]\s+(.*)/);
    if (!item) built.push(el('p', { dir: 'auto' }, ...inline(line, strings)));
    else {
      let list = built[built.length - 1];
      if (!list || list.tagName !== 'UL') built.push((list = el('ul')));
      list.append(el('li', { dir: 'auto' }, ...inline(item[1], strings)));
    }
  }
  return built;
}

/* The lines of a reply without those shown apart: the source line and the disclaimer. */
function bodyLines(text, custom) {
  const lines = String(text).split('\n').filter((line) => line.trim());
  const plain = (line) => line.replace(/[\s*_]+/g, ' ').trim();
  while (lines.length > 1) {
    const last = plain(lines[lines.length - 1]);
    const isSource = custom.source && /^source\s*:/i.test(last);
    if (!isSource && !(custom.disclaimer && plain(custom.disclaimer).includes(last))) break;
    lines.pop();
  }
  return lines;
}

/* Black or white, whichever can be read on the colour. */
function readableOn(color) {
  const [r, g, b] = COLOR.exec(color).slice(1).map((pair) => {
    const c = parseInt(pair, 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

/* Cut a text so that its request fits; what is left is still checked for danger signs. */
function fit(text) {
  const size = (t) => new TextEncoder().encode(JSON.stringify(t)).length;
  let fitted = text;
  while (size(fitted) > MOST_BYTES) fitted = fitted.slice(0, Math.floor(fitted.length * 0.95));
  return fitted;
}

class HematomaGuide extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.server = new URL(this.getAttribute('server') || HERE, location.href).origin;
    this.strings = { ...STRINGS, ...this.words };
    for (const name of ['heading', 'opening', 'launch']) this.strings[name] = this.getAttribute(name) || this.strings[name];
    this.nodes = new WeakMap();
    this.maxText = 2000;
    this.restore();
    this.build();
    this.state.messages.forEach((message) => this.show(message, true));
    this.input.value = this.state.draft || '';
    this.count();
    if (this.isInline || this.hasAttribute('open') || (this.state.open && !this.isSmall)) this.open(false);
    this.bottom();
    addEventListener('online', () => this.retry());
    this.unsent('failed').forEach((message) => this.mark(message, true));
    if (this.unsent('waiting').length) this.pump();
    else if (this.unsent('failed').length) this.retry();
  }

  get isInline() {
    return this.hasAttribute('inline');
  }

  get isSmall() {
    return matchMedia('(max-width: 520px)').matches;
  }

  get emergencyNumber() {
    return this.getAttribute('emergency-number') || this.state.number || '';
  }

  get words() {
    try {
      return JSON.parse(this.getAttribute('strings') || '{}');
    } catch {
      console.warn('<hematoma-guide>: the attribute "strings" is not valid JSON.');
      return {};
    }
  }

  say(key, values) {
    return this.strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /* ---- what is kept: this tab only, and not much ---- */

  get storageKey() {
    return `hematoma-guide ${this.server}`;
  }

  restore() {
    this.state = { messages: [], draft: '', open: false, token: null, until: 0 };
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.storageKey));
      if (kept && Array.isArray(kept.messages)) Object.assign(this.state, kept);
    } catch {} // no storage (a strict frame), or damaged: begin anew
  }

  save() {
    this.state.messages = this.state.messages.slice(-MOST_KEPT);
    try {
      sessionStorage.setItem(this.storageKey, JSON.stringify(this.state));
    } catch {} // full or forbidden: the chat works on without it
  }

  /* ---- building ---- */

  build() {
    const s = this.strings;
    const root = this.attachShadow({ mode: 'open' });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(el('style', null, CSS));
    }
    const accent = this.getAttribute('color');
    if (accent && COLOR.test(accent)) {
      this.style.setProperty('--accent', accent);
      this.style.setProperty('--on-accent', readableOn(accent));
    }

    const act = (key, run) => el('button', { type: 'button', onclick: run }, s[key]);
    this.launcher = el('button', { type: 'button', class: 'launch', 'aria-haspopup': 'dialog', hidden: this.isInline, onclick: () => this.open(true) }, icon('chat'), el('span', null, s.launch));
    this.title_ = el('h2', { id: 'title', tabindex: '-1' }, s.heading);
    this.toggle = el('button', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'menu', 'aria-label': s.options, onclick: () => this.menu(this.menuBox.hidden) }, icon('options'));
    this.menuBox = el('div', { class: 'menu', id: 'menu', hidden: true });
    this.menuItems = [act('restart', () => this.startOver()), act('copy', () => this.copy()), act('print', () => this.print()), act('remove', () => this.askToDelete())];
    this.log = el('div', { class: 'log', role: 'log', 'aria-label': s.log, 'aria-live': 'off', tabindex: '0' });
    this.typing = el('div', { class: 'typing', hidden: true }, el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), (this.typingText = el('span')));
    this.status = el('div', { class: 'sr', role: 'status' });
    this.notice = el('div', { class: 'notice', hidden: true });
    this.input = el('textarea', { id: 'input', rows: '1', dir: 'auto', placeholder: s.placeholder, 'aria-describedby': 'count', autocomplete: 'off', enterkeyhint: 'send', oninput: () => this.typed(), onkeydown: (event) => this.key(event) });
    this.counter = el('p', { class: 'count', id: 'count', hidden: true });
    const form = el('form', { onsubmit: (event) => this.submit(event) }, el('label', { class: 'sr', for: 'input' }, s.input), this.input, el('button', { class: 'send', 'aria-label': s.send }, icon('send')));
    this.panel = el(
      'dialog',
      { 'aria-labelledby': 'title', oncancel: (event) => (event.preventDefault(), this.close()), onkeydown: (event) => this.escape(event) },
      el('header', null, el('div', null, this.title_, el('p', null, s.subheading)), this.toggle, el('button', { type: 'button', hidden: this.isInline, 'aria-label': s.close, onclick: () => this.close() }, icon('close'))),
      this.menuBox, this.log, this.typing, this.notice, form, this.counter, this.status,
    );
    root.append(el('section', { 'aria-label': s.name, lang: this.getAttribute('lang') }, this.launcher, this.panel));
    this.welcome();
  }

  /* First contact: what this is, what it knows, what to do in an emergency. */
  welcome() {
    const number = this.emergencyNumber || this.strings.localNumber;
    const lines = [...this.strings.opening.split('\n'), `**${this.say('emergencyLine', { number })}**`];
    const chips = this.strings.starters.map((text) => ({ title: text, payload: text }));
    this.log.replaceChildren(
      el('div', { class: 'msg' }, el('span', { class: 'sr' }, this.strings.bot), el('div', { class: 'bubble' }, ...blocks(lines, this.strings)), this.chips(chips)),
    );
  }

  chips(buttons) {
    if (!buttons || !buttons.length) return null;
    return el('div', { class: 'chips' }, ...buttons.map(({ title, payload }) => el('button', { type: 'button', class: 'chip', dir: 'auto', onclick: () => this.send(payload, title) }, title)));
  }

  /* One message in the log. A restored one is not read out. */
  show(message, restored) {
    const node = message.who === 'me' ? this.mine(message) : this.theirs(message, restored);
    this.nodes.set(message, node);
    this.log.append(node);
  }

  mine(message) {
    const unsent = message.state === 'sent' ? null : el('span', { class: 'state', hidden: true }, this.strings.unsent);
    return el('div', { class: 'msg me' }, el('span', { class: 'sr' }, this.strings.you), el('div', { class: 'bubble', dir: 'auto' }, message.text), unsent);
  }

  theirs(message, restored) {
    const { strings: s } = this;
    const custom = message.custom || {};
    const alarm = URGENT.includes(custom.outcome);
    const bubble = el('div', { class: 'bubble' }, alarm ? el('h3', null, icon('alert'), s[custom.outcome]) : null, ...blocks(bodyLines(message.text, custom), s));
    const number = this.emergencyNumber;
    if (alarm && number) bubble.append(el('a', { class: 'call', href: `tel:${number.replace(/[^+\d]/g, '')}` }, this.say('call', { number })));
    return el(
      'div',
      { class: `msg${alarm ? ' alarm' : ''}`, role: alarm && !restored ? 'alert' : null },
      el('span', { class: 'sr' }, s.bot),
      bubble,
      ...(custom.sources || [custom.source].filter(Boolean)).map((source) => this.citation(source)),
      custom.disclaimer ? el('div', { class: 'note' }, icon('info'), el('div', { dir: 'auto' }, el('span', { class: 'sr' }, `${s.disclaimer}: `), ...inline(custom.disclaimer, s))) : null,
      this.chips(message.buttons),
      ['answer', 'not_found'].includes(custom.outcome) && message.id ? this.votes(message) : null,
    );
  }

  citation({ title, publisher, published, url }) {
    const s = this.strings;
    const address = url && (url.includes('://') ? url : `https://${url}`);
    return el(
      'details', null,
      el('summary', null, el('span', { dir: 'auto' }, this.say('source', { title: title || publisher || '' }))),
      publisher ? el('p', { dir: 'auto' }, publisher) : null,
      published ? el('p', null, this.say('published', { date: published })) : null,
      safeLink(address) ? el('p', null, link(address, s.read, s)) : null,
    );
  }

  votes(message) {
    const s = this.strings;
    const buttons = ['up', 'down'].map((value) =>
      el('button', {
        type: 'button', 'aria-label': s[value], 'aria-pressed': String(message.vote === value),
        onclick: (event) => {
          message.vote = value;
          buttons.forEach((button) => button.setAttribute('aria-pressed', String(button === event.currentTarget)));
          this.save();
          this.announce(s.thanks);
          this.call('POST', 'feedback', { message_id: message.id, value }).catch(() => {}); // not worth an error
        },
      }, icon('up')));
    return el('div', { class: 'vote', role: 'group', 'aria-label': s.helpful }, el('span', null, s.helpful), ...buttons);
  }

  /* ---- opening, closing, moving about ---- */

  open(byHand) {
    if (!this.panel.open) {
      this.hush();
      // `show()` would move the focus; only a person's own action may.
      if (this.isSmall && !this.isInline && byHand) this.panel.showModal();
      else this.panel.open = true;
    }
    this.launcher.hidden = true;
    this.state.open = true;
    this.save();
    this.bottom();
    if (!byHand) return;
    // On a phone the keyboard would cover the first message.
    (matchMedia('(pointer: coarse)').matches ? this.title_ : this.input).focus();
  }

  /* What is there already is not read out when it appears. */
  hush() {
    this.log.setAttribute('aria-live', 'off');
    setTimeout(() => this.log.setAttribute('aria-live', 'polite'), 500);
  }

  close() {
    if (this.isInline) return;
    this.panel.close();
    this.launcher.hidden = false;
    this.state.open = false;
    this.save();
    this.launcher.focus();
  }

  escape(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.menuBox.hidden) return this.close();
    this.menu(false);
    this.toggle.focus();
  }

  menu(open, ...content) {
    this.menuBox.replaceChildren(...(content.length ? content : this.menuItems));
    this.menuBox.hidden = !open;
    this.toggle.setAttribute('aria-expanded', String(open));
  }

  bottom() {
    const last = this.log.lastElementChild;
    const tall = last && last.offsetHeight > this.log.clientHeight - 40;
    // A reply taller than the window is shown from its beginning.
    if (tall) this.log.scrollTop = last.offsetTop - 12;
    else this.log.scrollTop = this.log.scrollHeight;
    // In a very low window it is the whole panel that scrolls.
    if (last && matchMedia('(max-height: 440px)').matches) last.scrollIntoView({ block: 'start' });
  }

  announce(text) {
    this.status.textContent = '';
    setTimeout(() => (this.status.textContent = text), 50);
  }

  /* A line above the input; an error is announced at once. */
  tell(text, { error, action } = {}) {
    clearInterval(this.ticking);
    this.notice.hidden = !text;
    this.notice.setAttribute('role', error ? 'alert' : 'group');
    if (!error) this.announce(text);
    this.notice.replaceChildren(...(text ? [el('p', null, text)] : []));
    if (action) this.notice.append(el('button', { type: 'button', onclick: action }, this.strings.retry));
    if (text) this.bottom();
  }

  /* ---- typing ---- */

  key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    this.submit(event);
  }

  typed() {
    this.state.draft = this.input.value;
    this.save();
    this.count();
  }

  count() {
    const left = this.maxText - this.input.value.length;
    const near = left <= 200;
    this.input.style.height = 'auto';
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
    const text = left < 0 ? this.strings.over : this.say('left', { n: left });
    if (near && (this.counter.hidden || left < 0 !== this.wasOver)) this.announce(text);
    this.wasOver = left < 0;
    this.counter.hidden = !near;
    this.counter.textContent = near ? text : '';
  }

  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return this.input.focus();
    this.input.value = '';
    this.typed();
    this.send(text, text);
  }

  /* ---- talking to the server ---- */

  send(text, shown) {
    const message = { who: 'me', text: shown, send: text, id: newId(), state: 'waiting' };
    this.state.messages.push(message);
    this.show(message);
    this.save();
    this.bottom();
    this.pump();
  }

  unsent(state) {
    return this.state.messages.filter((message) => message.who === 'me' && message.state === state);
  }

  /* Answer what waits, in the order it was typed. */
  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    this.busy(true);
    for (let next; (next = this.unsent('waiting')[0]); ) await this.ask(next);
    this.busy(false);
    this.pumping = false;
  }

  /* Try again what an error, a dead line or a reload left behind. */
  retry() {
    this.tell('');
    this.unsent('failed').forEach((message) => (message.state = 'waiting'));
    this.pump();
  }

  async ask(message) {
    const gone = () => !this.state.messages.includes(message); // the chat was deleted meanwhile
    const send = () => this.call('POST', 'message', { text: fit(message.send), message_id: message.id });
    try {
      if (this.state.token && this.state.until < Date.now()) this.renew(message);
      let response = await send();
      if (response.status === 401 && !gone()) {
        this.renew(message);
        response = await send();
      }
      const answer = await response.json().catch(() => ({}));
      if (gone()) return;
      const error = answer.error || {};
      if (response.ok && answer.messages) this.answered(message, answer.messages);
      else if (response.status === 429) this.wait(message, error.retry_after || 10);
      else if (response.status < 500 && error.message) this.answered(message, [{ text: error.message }]);
      else this.failed(message);
    } catch {
      if (!gone()) this.failed(message);
    }
    this.save();
  }

  /* The session has ended. The new one has never offered a button: say its words instead. */
  renew(message) {
    this.state.token = null;
    message.send = message.text;
    this.add({ who: 'bot', text: this.strings.renewed });
  }

  /* A request with the session's token; without one, a session is begun. */
  async call(method, path, body) {
    if (path !== 'session' && !this.state.token) {
      const response = await this.call('POST', 'session', {});
      if (!response.ok) return response;
      const session = await response.json();
      this.state.token = session.token;
      this.state.until = Date.now() + session.expires_in * 1000;
      this.state.number = session.emergency_number || '';
      this.maxText = session.max_text || this.maxText;
    }
    const headers = body ? { 'Content-Type': 'application/json' } : {};
    if (this.state.token && (path !== 'session' || method === 'DELETE')) headers.Authorization = `Bearer ${this.state.token}`;
    return fetch(`${this.server}/webhooks/web/${path}`, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(GIVE_UP_AFTER), credentials: 'omit', cache: 'no-store' });
  }

  busy(on) {
    clearTimeout(this.slowTimer);
    this.typing.hidden = !on;
    this.typingText.textContent = on ? this.strings.typing : '';
    if (!on) return;
    this.bottom();
    this.slowTimer = setTimeout(() => {
      this.typingText.textContent = this.strings.slow;
      this.bottom();
      this.announce(this.strings.slow);
    }, SLOW_AFTER);
  }

  add(message) {
    this.state.messages.push(message);
    this.show(message);
    this.bottom();
  }

  mark(message, unsent) {
    const state = this.nodes.get(message).querySelector('.state');
    if (state) state.hidden = !unsent;
  }

  answered(message, replies) {
    message.state = 'sent';
    this.mark(message, false);
    if (!this.unsent('failed').length) this.tell('');
    for (const reply of replies) {
      if (!reply || !reply.text) continue;
      this.add({ who: 'bot', text: reply.text, buttons: reply.buttons, custom: reply.custom, id: message.id });
      // Nobody may miss this one, even with the chat closed.
      if (URGENT.includes((reply.custom || {}).outcome) && !this.panel.open) this.open(false);
    }
  }

  failed(message) {
    message.state = 'failed';
    this.mark(message, true);
    if (navigator.onLine) this.tell(this.strings.failed, { error: true, action: () => this.retry() });
    else this.tell(this.strings.offline, { error: true });
  }

  wait(message, seconds) {
    message.state = 'failed';
    this.mark(message, true);
    const number = this.emergencyNumber || this.strings.localNumber;
    const emergency = ` ${this.say('emergencyLine', { number })}`;
    let left = seconds;
    const text = () => this.say('wait', { n: left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s` }) + emergency;
    this.tell(text(), { error: true });
    const line = this.notice.firstChild;
    // The countdown is seen, not read out second by second.
    this.notice.removeAttribute('role');
    this.announce(line.textContent);
    this.ticking = setInterval(() => {
      left -= 1;
      line.textContent = text();
      if (left <= 0) this.retry();
    }, 1000);
  }

  /* ---- options ---- */

  clear(said) {
    this.state = { messages: [], draft: '', open: this.panel.open, token: null, until: 0, number: this.state.number };
    this.input.value = '';
    this.count();
    this.menu(false);
    this.welcome();
    this.tell(said);
    this.save();
    this.log.scrollTop = 0;
    this.input.focus();
  }

  /* The old chat is erased as well: nobody could reach it any more. */
  startOver() {
    if (this.state.token) this.call('DELETE', 'session').catch(() => {});
    this.clear(this.strings.restarted);
  }

  askToDelete() {
    const s = this.strings;
    const keep = el('button', { type: 'button', onclick: () => (this.menu(false), this.toggle.focus()) }, s.confirmNo);
    this.menu(true, el('p', { id: 'sure' }, s.confirm), el('button', { type: 'button', onclick: () => this.delete() }, s.confirmYes), keep);
    keep.setAttribute('aria-describedby', 'sure');
    keep.focus();
  }

  async delete() {
    try {
      const response = this.state.token ? await this.call('DELETE', 'session') : { ok: true };
      // 401: the server has forgotten this chat already.
      if (!response.ok && response.status !== 401) throw new Error('not deleted');
      this.clear(this.strings.deleted);
    } catch {
      this.menu(false);
      this.toggle.focus();
      this.tell(this.strings.notDeleted, { error: true });
    }
  }

  async copy() {
    const s = this.strings;
    const text = this.state.messages.map((message) => `${message.who === 'me' ? s.you : s.bot}\n${message.text}`).join('\n\n');
    this.menu(false);
    this.toggle.focus();
    try {
      await navigator.clipboard.writeText(text);
      this.tell(s.copied);
    } catch {
      this.tell(s.notCopied, { error: true });
    }
  }

  /* Print the chat without the page around it. */
  print() {
    this.log.querySelectorAll('details').forEach((source) => (source.open = true));
    this.menu(false);
    this.toggle.focus();
    const only = new CSSStyleSheet();
    only.replaceSync('@media print{body{visibility:hidden!important}hematoma-guide{visibility:visible!important;position:absolute!important;inset:0 0 auto!important;display:block!important}}');
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, only];
    addEventListener('afterprint', () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== only);
    }, { once: true });
    print();
  }
}

if (!customElements.get('hematoma-guide')) customElements.define('hematoma-guide', HematomaGuide);

/* One script tag is enough: its data- attributes become those of the element. */
const script = [...document.scripts].find((candidate) => candidate.src === HERE);
if (script && !('manual' in script.dataset) && !document.querySelector('hematoma-guide')) {
  const guide = document.createElement('hematoma-guide');
  for (const { name, value } of script.attributes) {
    if (name.startsWith('data-')) guide.setAttribute(name.slice(5), value);
  }
  document.body.append(guide);
}
