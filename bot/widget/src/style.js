/* The looks. Lengths in em grow with the text; what must not grow is in pixels.
 * Everything is set on an inner element: what a page says of `*` or `body` reaches the host, not this. */
const DARK = `--bg:#12191d;--ink:#e9eff1;--soft:#a9b9bf;--line:#5d6f77;--hair:#2b373d;--bot:#1c262b;--me:#1d4147;--mi:#f1f8f9;--note:#232d24;--ne:#9cb87c;--alarm:#3a1618;--ai:#ffe3e0;--ae:#ff8f86;--link:#8fd3da;color-scheme:dark`;

export const CSS = `
:host{display:contents}
:host([inline]){display:block;height:100%;min-height:min(24rem,100vh)}
:host([hidden]),[hidden]{display:none!important}
section{all:initial;letter-spacing:inherit;word-spacing:inherit;
--accent:#0d5c63;--oa:#fff;--bg:#fff;--ink:#1b2a30;--soft:#52646c;--line:#74868e;--hair:#dfe7ea;--bot:#f2f6f7;--me:#dcedef;--mi:#10272b;--note:#f6f8ee;--ne:#6c8740;--alarm:#fff0ee;--ai:#5c0f0a;--ae:#c0281d;--link:#0b5b78;
display:block;color-scheme:light;font:400 max(16px,1rem)/1.55 system-ui,sans-serif;color:var(--ink);text-align:start}
@media(prefers-color-scheme:dark){:host(:not([theme=light])) section{${DARK}}}
:host([theme=dark]) section{${DARK}}
:host([inline]) section{height:100%}
*{box-sizing:border-box}
p,ul,h2,h3{margin:0}
button,textarea{font:inherit;color:inherit}
button,summary,a.call{min-height:44px;min-width:44px;cursor:pointer}
button{border:1px solid transparent;background:none;border-radius:12px;padding:8px 12px;display:inline-flex;align-items:center;justify-content:center;gap:10px;text-align:start}
:focus{outline:none}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
svg{width:22px;height:22px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.launch,.panel{position:fixed;z-index:2147483000;inset-block:auto 20px;inset-inline:auto 20px;margin:0;box-shadow:0 8px 28px #0f2a3040}
:host([position=left]) .launch,:host([position=left]) .panel:not(.full){inset-inline:20px auto}
.launch{width:auto;height:auto;max-width:calc(100vw - 40px);min-height:56px;padding:12px 22px 12px 18px;overflow:visible;border-radius:28px;background:var(--accent);color:var(--oa);font-weight:600}
.badge:empty{display:none}
.badge{padding:0 .6em;border-radius:1em;background:var(--bg);color:var(--ink)}
.panel{display:flex;flex-direction:column;padding:0;width:26em;max-width:calc(100vw - 40px);height:45em;max-height:calc(var(--h,100vh) - 40px);border:1px solid var(--hair);border-radius:20px;background:var(--bg);color:inherit;overflow:hidden;overflow:clip}
.panel.full{inset:var(--top,0) 0 auto;width:100%;max-width:none;height:var(--h,100vh);max-height:none;border:0;border-radius:0}
:host([inline]) .panel{position:static;width:100%;max-width:none;height:100%;max-height:none;border:0;border-radius:0;box-shadow:none}
header{display:flex;align-items:center;gap:4px;flex:none;padding-block:10px;padding-inline:20px 10px;background:var(--accent);color:var(--oa)}
header div{flex:1;min-width:0;overflow-wrap:anywhere}
h2{font-size:1.06em;line-height:1.25;font-weight:600}
header p{line-height:1.35}
header :focus-visible{outline-color:var(--oa);outline-offset:-4px}
.menu{display:grid;grid-template-columns:1fr 1fr;gap:6px;padding:10px;border-block-end:1px solid var(--hair);background:var(--bot);overflow-y:auto;max-height:70%}
.menu button,.chip,.notice button{background:var(--bg);border-color:var(--line)}
.menu p{grid-column:1/-1}
button:hover{box-shadow:inset 0 0 0 99px #7f9aa01f}
.log{position:relative;flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px 16px 8px;display:flex;flex-direction:column;gap:14px;overflow-wrap:anywhere}
.full .log{padding-inline:max(16px,50% - 23em)}
.log:focus-visible{outline-offset:-4px}
.msg{max-width:94%;align-self:flex-start;flex:none}
.bubble{padding:12px 16px;border-radius:18px 18px 18px 6px;background:var(--bot)}
.chips,.chips+.bubble{margin-block-start:10px}
.me{align-self:flex-end;max-width:86%}
.me .bubble{background:var(--me);color:var(--mi);border-radius:18px 18px 6px 18px;white-space:pre-wrap}
.state{display:block;color:var(--soft);text-align:end}
.bubble>*+*{margin-block-start:.55em}
ul{padding-inline-start:1.2em}
li+li{margin-block-start:.3em}
a{color:var(--link)}
.alarm{max-width:100%;align-self:stretch}
.alarm .bubble{background:var(--alarm);color:var(--ai);border:2px solid var(--ae);border-radius:16px;font-size:1.06em}
.alarm h3{display:flex;gap:10px;align-items:center;font-size:1.12em;line-height:1.3}
.alarm a{color:inherit}
a.call,.alarm a.call{display:flex;align-items:center;justify-content:center;padding:8px 16px;border-radius:12px;background:#b3211a;color:#fff;font-weight:600;line-height:1.3;text-align:center;text-decoration:none}
details,.note,.typing,.notice,.state,.count,.vote,header p{font-size:.9em}
summary{padding:10px 8px;color:var(--link)}
details:not([open])>summary,.fold{overflow:hidden;white-space:nowrap;text-overflow:ellipsis}
details p{margin:0 0 4px;padding-inline:24px 8px}
details a{display:inline-block;padding-block:4px}
.note{display:flex;align-items:center;gap:2px 10px;padding-inline-start:12px;border-radius:12px;background:var(--note);border-inline-start:4px solid var(--ne);line-height:1.5}
.note div{flex:1 1 5em;min-width:0;padding-block:6px}
.note button{color:var(--link);font-weight:600;white-space:nowrap}
.chips{display:flex;flex-wrap:wrap;gap:8px}
.chip{border-radius:22px;padding:8px 16px;line-height:1.35;color:var(--link);font-weight:600}
.vote{display:flex;flex-wrap:wrap;align-items:center;gap:2px;padding-inline-start:8px;color:var(--soft)}
.vote :last-child svg{transform:scaleY(-1)}
.vote button[aria-pressed=true]{color:var(--link);border-color:currentColor;background:var(--me)}
.cue{flex:none;align-self:center;margin:4px;background:var(--accent);color:var(--oa);border-radius:22px;font-weight:600}
.typing{display:flex;flex:none;align-items:center;gap:12px;padding:2px 20px;color:var(--soft)}
.dots{display:flex;gap:4px}
.dots i{width:7px;height:7px;border-radius:50%;background:currentColor;animation:dot 1.2s infinite ease-in-out}
.dots i+i{animation-delay:.2s}.dots i+i+i{animation-delay:.4s}
@keyframes dot{30%{transform:translateY(-4px)}60%{transform:none}}
.notice{display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px;max-height:55%;overflow-y:auto;padding:8px 16px;border-block-start:1px solid var(--hair);background:var(--note);line-height:1.45}
.notice p{flex:1 1 12em}
.notice.bad p,.notice.bad a.call{flex-basis:100%}
form{display:flex;flex:none;align-items:flex-end;gap:8px;padding:10px 12px;border-block-start:1px solid var(--hair);background:var(--bg)}
textarea{flex:1;min-width:0;min-height:48px;max-height:7.5em;resize:none;padding:10px 14px;line-height:1.6;border:1px solid var(--line);border-radius:14px;background:var(--bg)}
textarea:focus-visible{outline-offset:0}
::placeholder{color:var(--soft);opacity:1;white-space:nowrap}
.send{width:48px;padding:0;height:48px;border-radius:14px;background:var(--accent);color:var(--oa)}
.count{flex:none;padding:0 16px 8px;color:var(--soft)}
.low header{padding-block:2px}
.low header p{display:none}
.low form{padding:4px 6px}
.low textarea{max-height:3.6em;padding-block:max(4px,21px - .7em);min-height:44px;line-height:1.4}
.low .send{height:44px;width:44px}
.low .log{padding-block:8px;gap:8px}
.low .alarm .bubble{display:flex;flex-direction:column}
.low .alarm a.call{order:-1;margin:0 0 .3em}
.low .notice{padding:4px 10px}
.low .notice p{order:1}
.low .notice a.call{flex:1 1 auto}
.narrow h2{font-size:max(14px,min(1em,7vw))}
.narrow header{padding-inline:8px 2px;gap:0}
.narrow header button{min-width:36px;padding:7px}
.narrow .log{padding-inline:8px}
.narrow .msg{max-width:100%}
.narrow .bubble{padding:8px 10px}
.narrow .menu{grid-template-columns:1fr}
.narrow .note{flex-wrap:wrap}
.panel.tiny{overflow:hidden auto}
.tiny .log{flex:none;overflow:visible}
.tiny form{position:sticky;inset-block-end:0}
.tiny .notice,.tiny .menu{max-height:none;flex:none}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}
@media(forced-colors:active){.launch,.send,.cue,.bubble,.note,.chip,a.call,.panel{border:1px solid}.alarm .bubble{border-width:4px}.vote button[aria-pressed=true]{background:Highlight;forced-color-adjust:none}.dots i{background:CanvasText}}
@media print{*{color:#000!important;background:none!important}.panel{position:static!important;display:block!important;width:auto!important;max-width:none;height:auto!important;max-height:none;border:0!important;box-shadow:none;overflow:visible}.panel[hidden],.launch,.menu,.notice,.typing,.cue,form,.count,.chips,.vote,.note button,header button,[role=status],[role=alert]{display:none!important}.alone{position:absolute;inset:0 0 auto}.log{overflow:visible;display:block}.msg{max-width:none;margin-block-end:12px;break-inside:avoid}.fold{white-space:normal}.sr{position:static;width:auto;height:auto;clip-path:none;font-weight:600}header{padding:0 0 12px}}
`;
