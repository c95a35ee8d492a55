import LOOKS from './style.css';

const DARK = `--bg:#12191d;--ink:#e9eff1;--soft:#a9b9bf;--line:#5d6f77;--hair:#2b373d;--bot:#1c262b;--me:#1d4147;--mi:#f1f8f9;--note:#232d24;--ne:#9cb87c;--alarm:#3a1618;--ai:#ffe3e0;--ae:#ff8f86;--link:#8fd3da;color-scheme:dark`;

export const CSS = `${LOOKS}@media(prefers-color-scheme:dark){:host(:not([theme=light])) section{${DARK}}}:host([theme=dark]) section{${DARK}}`;
