import ENGLISH from '../languages/en.json';

const PACKS = ['ar', 'de', 'es', 'fr', 'hi', 'pt', 'zh'];
const WAIT = 4000; // ms; without its pack the chat is there in English

export const ANSWERS = 'en'; // what the bot itself speaks

/* A language as browsers name it; English where the page names none. */
export function known(language) {
  try {
    return Intl.getCanonicalLocales(language)[0] || ANSWERS;
  } catch {
    return ANSWERS;
  }
}

/* The pack of a language on its way; null where there is none. */
export function pack(language, server) {
  const code = language.split('-')[0];
  if (!PACKS.includes(code)) return null;
  const limit = new AbortController();
  setTimeout(() => limit.abort(), WAIT);
  return fetch(`${server}/widget/${code}.json`, { signal: limit.signal, credentials: 'omit' })
    .then((response) => response.json())
    .catch(() => console.warn(`<hematoma-guide>: the words for "${code}" did not come; the chat is in English.`));
}

/* What a pack or a clinic leaves out is said in English. Danger is looked for in all of them. */
export const withEnglish = (words = {}, own) => ({ ...ENGLISH, ...words, ...own, dangerWords: [ENGLISH, words, own].map(({ dangerWords }) => dangerWords).join() });
