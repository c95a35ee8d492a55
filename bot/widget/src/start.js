import { HematomaGuide } from './guide.js';
import { HERE } from './settings.js';

if (!customElements.get('hematoma-guide')) customElements.define('hematoma-guide', HematomaGuide);

/* One script tag is enough: its data- attributes become those of the element.
 * It stands beside the body, so that a site that swaps bodies (Turbo) or transforms its own leaves it alone. */
const script = [...document.scripts].find((candidate) => candidate.src === HERE);
if (script && !('manual' in script.dataset) && !document.querySelector('hematoma-guide')) {
  const guide = document.createElement('hematoma-guide');
  for (const { name, value } of script.attributes) {
    if (name.startsWith('data-')) guide.setAttribute(name.slice(5), value);
  }
  document.documentElement.append(guide);
}
