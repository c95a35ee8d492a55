/* What is kept: in this tab only, and not much. */
const MOST_KEPT = 60; // messages
const claimed = new Set(); // two chats on one page must not write over each other

export const nothing = () => ({ messages: [], draft: '', open: false, token: null, until: 0, unread: 0, erase: [] });

export function claim(name) {
  let key = name;
  for (let n = 2; claimed.has(key); n += 1) key = `${name} ${n}`;
  claimed.add(key);
  return key;
}

export const release = (key) => claimed.delete(key);

export function restore(key) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) || 'null');
    if (kept && Array.isArray(kept.messages)) return { ...nothing(), ...kept };
  } catch {} // no storage (a strict frame), or damaged: begin anew
  return nothing();
}

export function keep(key, state) {
  state.messages = state.messages.slice(-MOST_KEPT);
  try {
    sessionStorage.setItem(key, JSON.stringify(state));
  } catch {} // full or forbidden: the chat works on without it
}
