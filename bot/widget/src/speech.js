import { el, icon } from './dom.js';
import { ANSWERS } from './language.js';

export { default as ENGLISH } from '../languages/en-extras.json';

/* Reading aloud and dictation, each only where this device does it by itself: no sound leaves it. */

const MICROPHONE = 'M9 5a3 3 0 0 1 6 0v6a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3';
const HEARD_AS = 'en-US'; // the language of the questions that the bot understands

const ownVoice = () => speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.startsWith(ANSWERS));

function addReading(chat) {
  const toggle = el('button', {
    'aria-pressed': 'false',
    onclick: () => {
      const on = toggle.getAttribute('aria-pressed') === 'false';
      toggle.setAttribute('aria-pressed', String(on));
      speechSynthesis.cancel();
      chat.readAloud = on ? read : null;
    },
  }, chat.strings.readAloud);
  function read(words, alarm) {
    if (alarm) speechSynthesis.cancel();
    const voice = ownVoice();
    if (!voice) return; // any other might send the words away
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    speechSynthesis.speak(utterance);
  }
  const offer = () => {
    if (ownVoice() && !chat.options.items.includes(toggle)) chat.options.items.unshift(toggle);
  };
  offer();
  speechSynthesis.addEventListener('voiceschanged', offer); // some browsers list their voices late
  for (const type of ['guide-close', 'guide-leave']) chat.addEventListener(type, () => speechSynthesis.cancel());
}

async function addDictation(chat) {
  const { strings: s, composer } = chat;
  // The older webkitSpeechRecognition cannot promise to keep the sound here.
  const state = await SpeechRecognition.available({ langs: [HEARD_AS], processLocally: true });
  if (state !== 'available') return;
  const ear = new SpeechRecognition();
  ear.lang = HEARD_AS;
  ear.processLocally = true;
  const button = el('button', { class: 'send', 'aria-label': s.dictate, 'aria-pressed': 'false', onclick: () => (on() ? ear.stop() : ear.start()) }, icon(MICROPHONE));
  const on = () => button.getAttribute('aria-pressed') === 'true';
  const listening = (yes) => () => {
    button.setAttribute('aria-pressed', String(yes));
    composer.input.placeholder = yes ? s.listening : s.placeholder;
    if (yes) chat.voice.say(s.listening);
  };
  ear.onstart = listening(true);
  ear.onend = listening(false);
  ear.onresult = ({ results }) => {
    composer.fill(`${composer.input.value} ${results[0][0].transcript}`.trim());
    composer.typed();
    composer.input.focus();
  };
  ear.onerror = () => chat.voice.say(s.notHeard);
  chat.addEventListener('guide-leave', () => ear.abort());
  composer.input.after(button);
}

export function add(chat) {
  if ('speechSynthesis' in window) addReading(chat);
  if (window.SpeechRecognition && SpeechRecognition.available) addDictation(chat).catch(() => {}); // not offered
}
