import { bodyLines, el, unmarked } from './dom.js';

export { default as ENGLISH } from '../languages/en-extras.json';

/* The chat on paper, in a file, and to paste elsewhere. */

const title = (chat) => `${chat.strings.heading}\n${chat.say('transcript', { date: chat.time(Date.now(), true), address: location.href })}`;

function entry(chat, message) {
  const s = chat.strings;
  const { outcome, sources = [], disclaimer } = message.custom || {};
  const time = message.at ? ` (${chat.time(message.at)})` : '';
  if (message.who === 'me') return `${s.you}${time}\n${message.text}`;
  const buttons = (message.buttons || []).map((button) => button.title).join(', ');
  return [
    `${s.bot}${time}`,
    ['urgent', 'crisis'].includes(outcome) && s[outcome].toUpperCase(),
    ...bodyLines(message).map(unmarked),
    buttons && chat.say('choices', { list: buttons }),
    ...sources.map((one) => chat.say('source', { title: [one.title, one.publisher, one.published, one.url].filter(Boolean).join(', ') })),
    disclaimer && unmarked(disclaimer),
  ].filter(Boolean).join('\n');
}

/* An answer stands in the list behind its question, an alarm as well. */
const transcript = (chat) => [title(chat), chat.emergencyLine, ...chat.state.messages.map((message) => entry(chat, message))].join('\n\n');

export async function copy(chat) {
  try {
    await navigator.clipboard.writeText(transcript(chat));
    chat.notice.tell(chat.strings.copied);
  } catch {
    chat.notice.tell(chat.strings.notCopied, { error: true });
  }
}

export function download(chat) {
  const href = URL.createObjectURL(new Blob([transcript(chat)], { type: 'text/plain;charset=utf-8' }));
  const today = new Date();
  const date = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  el('a', { href, download: `hematoma-guide-${date}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
  chat.notice.tell(chat.strings.saved);
}

/* On paper the chat stands alone, without the page around it. */
export function print(chat) {
  const { log } = chat.scroller;
  const head = el('p', { class: 'printed' }, title(chat).split('\n')[1]);
  log.prepend(head);
  log.querySelectorAll('details').forEach((source) => (source.open = true));
  chat.section.classList.add('alone');
  chat.options.paper(true);
  const only = new CSSStyleSheet();
  only.replaceSync('@media print{body{visibility:hidden!important}}');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, only];
  addEventListener('afterprint', () => {
    head.remove();
    chat.section.classList.remove('alone');
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== only);
    chat.options.paper(false);
  }, { once: true });
  window.print();
}
