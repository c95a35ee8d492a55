/* ---- building the page without writing markup ---- */

const ICONS = {
  chat: 'M3 4h18v13H9l-6 4z',
  close: 'M6 6l12 12M18 6L6 18',
  options: 'M4 7h16M4 12h16M4 17h16',
  send: 'M12 20V5M5 11l7-7 7 7',
  up: 'M7 11v9H3v-9h4l4-8c2 0 3 1 3 3l-1 4h8l-3 10H7',
  alert: 'M12 3L2 21h20zM12 10v5M12 18h.01',
};
const COLOR = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i;

export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  if (tag === 'button') node.type = tag;
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', ICONS[name] || name);
  svg.append(path);
  return svg;
}

/* A sheet of our own where the browser can make one; a style element, which a strict policy may block, where not. */
export function dress(root, css) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(el('style', null, css));
  }
}

/* The clinic's colour, and black or white, whichever can be read on it. */
export function paint(node, color) {
  const parts = COLOR.exec(color);
  if (!parts) return;
  const [r, g, b] = parts.slice(1).map((pair) => {
    const c = parseInt(pair, 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  node.style.setProperty('--accent', color);
  node.style.setProperty('--oa', 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff');
}

/* An address we are willing to link to, or null. */
export function safeLink(address) {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'tel:' ? url.href : null;
  } catch {
    return null;
  }
}

export function link(address, text, strings) {
  const href = safeLink(address);
  if (!href) return text;
  if (href.startsWith('tel:')) return el('a', { href }, text);
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer' }, text, el('span', { class: 'sr' }, ` ${strings.newTab}`));
}

/* The whole of our Markdown: **bold**, [text](https or tel), bare https addresses. */
const MARKS = /\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^\s)]+)\)|(https:\/\/[^\s<>"]*[^\s<>".,;:!?)])/g;
const ITEM = /^\s*[-*•]\s+(.*)/;

export function inline(text, strings) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    parts.push(text.slice(from, match.index));
    if (match[1]) parts.push(el('strong', null, match[1]));
    else parts.push(link(match[3] || match[4], match[2] || match[4], strings));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

/* Lines become paragraphs, lines that begin with "- " a list. */
export function blocks(lines, strings, lang) {
  const built = [];
  for (const line of lines) {
    const item = line.match(ITEM);
    if (!item) built.push(el('p', { dir: 'auto', lang }, ...inline(line, strings)));
    else {
      let list = built[built.length - 1];
      if (!list || list.tagName !== 'UL') built.push((list = el('ul', { dir: 'auto', lang })));
      list.append(el('li', null, ...inline(item[1], strings)));
    }
  }
  return built;
}

export const unmarked = (line) => line.replace(MARKS, (all, bold, text, _, bare) => bold || text || bare).trim();

/* A line as it is spoken: no marks, and a full stop where the voice should rest. */
export function aloud(line) {
  const plain = unmarked(line.replace(ITEM, '$1'));
  return /[.!?:;…]$/.test(plain) ? plain : `${plain}.`;
}

/* The lines of a reply without those shown apart: the source line and the disclaimer. */
export function bodyLines({ text, custom }) {
  const { sources, disclaimer } = custom || {};
  const lines = String(text).split('\n').filter((line) => line.trim());
  const plain = (line) => line.replace(/[\s*_]+/g, ' ').trim();
  while (lines.length > 1) {
    const last = plain(lines[lines.length - 1]);
    const isSource = sources && /^sources?\s*:/i.test(last);
    if (!isSource && !(disclaimer && plain(disclaimer).includes(last))) break;
    lines.pop();
  }
  return lines;
}

export const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
