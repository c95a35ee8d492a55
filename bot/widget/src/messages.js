import { ANSWERS } from './language.js';
import { aloud, blocks, bodyLines, el, icon, inline, link, safeLink } from './dom.js';

export const ALARMS = ['urgent', 'crisis'];

/* How one message of the log looks, and how it sounds. `chat` gives the words and takes the presses. */

export const isAlarm = (message) => ALARMS.includes(message.custom?.outcome);

const bubble = (...children) => el('div', { class: 'bubble' }, ...children);

/* The second tap of two may hit the choice that has just moved under the finger. */
export function chips(chat, buttons, lang) {
  if (!buttons || !buttons.length) return null;
  return el('div', { class: 'chips' }, ...buttons.map(({ title, payload }) => el('button', { class: 'chip', dir: 'auto', lang, onclick: (event) => event.detail < 2 && chat.send(payload, title) }, title)));
}

/* A link that calls somebody; nothing where no number is known, since none is guessed. */
const phone = (chat, words, number) => (number ? el('a', { class: words, href: `tel:${number.replace(/[^+\d]/g, '')}` }, chat.say(words, { number })) : null);
export const callLink = (chat) => phone(chat, 'call', chat.emergencyNumber);
export const personLink = (chat) => phone(chat, 'person', chat.getAttribute('phone'));

const stamp = (chat, at) => (at ? el('time', { datetime: new Date(at).toISOString() }, chat.time(at)) : null);

/* First contact: what this is, what it knows, what to do in an emergency. */
export const greeting = (chat) => ({
  text: `${chat.strings.opening}\n**${chat.emergencyLine}**`,
  buttons: chat.strings.starters.map((words) => {
    const [title, payload = title] = [words].flat(); // a pack's words, and what the bot is asked by them
    return { title, payload };
  }),
});

export function welcome(chat) {
  const { text, buttons } = greeting(chat);
  return el('div', { class: 'msg' }, el('span', { class: 'sr' }, chat.strings.bot), bubble(...blocks(text.split('\n'), chat.strings)), chips(chat, buttons));
}

export function mine(chat, message) {
  const s = chat.strings;
  return el('div', { class: 'msg me' }, el('span', { class: 'sr' }, s.you), el('div', { class: 'bubble', dir: 'auto' }, message.text), el('span', { class: 'state', hidden: message.state !== 'failed' }, s.unsent), stamp(chat, message.at));
}

/* What to do stands first, choices right below their question, where it comes from last. */
export function theirs(chat, message) {
  const s = chat.strings;
  const { outcome, sources = [], disclaimer } = message.custom || {};
  const lines = bodyLines(message);
  const alarm = isAlarm(message);
  const choices = chips(chat, message.buttons, ANSWERS);
  const question = outcome === 'clarify' && choices && lines.length > 1 ? lines.splice(0, 1) : null;
  const lost = outcome === 'unavailable';
  return el(
    'div',
    { class: `msg${alarm ? ' alarm' : ''}` },
    el('span', { class: 'sr' }, s.bot),
    question ? bubble(...blocks(question, s, ANSWERS)) : null,
    question ? choices : null,
    bubble(
      alarm ? el('h3', null, icon('alert'), s[outcome]) : null,
      alarm ? callLink(chat) : null,
      ...blocks(lines, s, ANSWERS),
      lost ? el('p', null, el('strong', null, chat.emergencyLine)) : null,
      lost ? callLink(chat) : null,
      lost || outcome === 'not_found' ? personLink(chat) : null,
    ),
    question ? null : choices,
    ...sources.map((source) => citation(chat, source)),
    disclaimer ? note(chat, disclaimer) : null,
    ['answer', 'not_found'].includes(outcome) && message.id ? votes(chat, message) : null,
    stamp(chat, message.at),
  );
}

function citation(chat, { title, publisher, published, url }) {
  const s = chat.strings;
  const address = url && (url.includes('://') ? url : `https://${url}`);
  return el(
    'details', null,
    el('summary', null, el('span', { dir: 'auto' }, chat.say('source', { title: title || publisher || '' }))),
    publisher ? el('p', { dir: 'auto', lang: ANSWERS }, publisher) : null,
    published ? el('p', null, chat.say('published', { date: published })) : null,
    safeLink(address) ? el('p', null, link(address, s.read, s)) : null,
  );
}

/* Only its first line shows until it is opened; a screen reader always has the whole of it. */
function note(chat, disclaimer) {
  const s = chat.strings;
  const text = el('div', { class: 'fold', dir: 'auto', lang: ANSWERS }, el('span', { class: 'sr', lang: chat.language }, `${s.disclaimer}: `), ...inline(disclaimer, s));
  const more = el('button', {
    'aria-expanded': 'false',
    onclick: () => {
      const open = more.getAttribute('aria-expanded') === 'false';
      more.setAttribute('aria-expanded', String(open));
      text.classList.toggle('fold', !open);
      more.textContent = open ? s.less : s.more;
    },
  }, s.more);
  return el('div', { class: 'note' }, text, more);
}

function votes(chat, message) {
  const s = chat.strings;
  const buttons = ['up', 'down'].map((value) =>
    el('button', {
      'aria-label': s[value], 'aria-pressed': String(message.vote === value),
      onclick: (event) => {
        buttons.forEach((button) => button.setAttribute('aria-pressed', String(button === event.currentTarget)));
        chat.onVote(message, value);
      },
    }, icon('up')));
  return el('div', { class: 'vote', role: 'group', 'aria-label': s.helpful }, el('span', null, s.helpful), ...buttons);
}

/* A whole reply as one utterance, in the order in which it is shown. */
export function spoken(chat, message) {
  const s = chat.strings;
  const { outcome, sources = [], disclaimer } = message.custom || {};
  const lines = bodyLines(message).map(aloud);
  const titles = (message.buttons || []).map((button) => button.title);
  const choices = titles.length ? [aloud(chat.say('choices', { list: titles.join(', ') }))] : [];
  const question = outcome === 'clarify' ? lines.splice(0, 1) : [];
  return [
    isAlarm(message) ? aloud(s[outcome]) : s.bot,
    ...question, ...(question.length ? choices : []), ...lines,
    outcome === 'unavailable' ? chat.emergencyLine : '',
    ...(question.length ? [] : choices),
    ...sources.map(({ title, publisher }) => aloud(chat.say('source', { title: title || publisher || '' }))),
    disclaimer ? `${s.disclaimer}: ${aloud(disclaimer)}` : '',
  ].filter(Boolean).join(' ');
}
