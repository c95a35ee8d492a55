/* Where the chat stands: above the page, as large as the screen allows, and never behind a keyboard. */
const SMALL = 480; // CSS pixels of height, below which the chat takes the whole screen
const TOP_LAYER = 'popover' in HTMLElement.prototype;

/* The top layer, where it is known, keeps the page's transforms and stacking away. */
export function raise(node, on) {
  node.hidden = !on;
  if (!TOP_LAYER || !node.isConnected || node.closest('.alone')) return;
  if (node.getRootNode().host.hasAttribute('inline')) return;
  node.setAttribute('popover', 'manual');
  if (node.matches(':popover-open') !== on) (on ? node.showPopover() : node.hidePopover());
}

/* Fit the panel to what is seen of the window, in lines of the reader's own text size. */
export function fit(panel, isInline) {
  const view = window.visualViewport;
  // Somebody who zooms with two fingers wants the page to stay as it is.
  const zoomed = !view || view.scale > 1.01;
  const seen = zoomed ? innerHeight : view.height;
  const em = parseFloat(getComputedStyle(panel).fontSize);
  panel.style.setProperty('--h', `${seen}px`);
  panel.style.setProperty('--top', `${zoomed ? 0 : view.offsetTop}px`);
  panel.classList.toggle('full', !isInline && (isSmall() || innerWidth < 26 * em + 100));
  const { width, height } = panel.getBoundingClientRect();
  if (!height) return;
  panel.classList.toggle('narrow', width < 18 * em);
  panel.classList.toggle('low', height < 30 * em);
  panel.classList.toggle('tiny', height < 10 * em);
}

export const isSmall = () => innerWidth <= 520 || innerHeight <= SMALL;

/* Behind a chat that fills the screen nobody could see where the focus went. */
export function keepInside(event, panel) {
  if (event.key !== 'Tab' || !panel.classList.contains('full')) return;
  const stops = [...panel.querySelectorAll('button,a[href],summary,textarea,[tabindex="0"]')].filter((node) => node.getClientRects().length);
  const at = stops.indexOf(panel.getRootNode().activeElement);
  const last = stops.length - 1;
  if (event.shiftKey ? at > 0 : at !== last) return;
  event.preventDefault();
  stops[event.shiftKey ? last : 0].focus();
}
