import { seriesVariables } from './colours.js';

const light = `--page:#f6f5f2;--surface:#fcfcfb;--ink:#0b0b0b;--ink-2:#52514e;--ink-3:#6f6d68;--grid:#e6e5df;--axis:#c3c2b7;--edge:rgba(11,11,11,.1);--good:#006300;--bad:#b3261e;--picture:#fff;--invert:0;${seriesVariables('light')}`;
const dark = `--page:#0d0d0d;--surface:#1a1a19;--ink:#ffffff;--ink-2:#c3c2b7;--ink-3:#a09e96;--grid:#2c2c2a;--axis:#383835;--edge:rgba(255,255,255,.1);--good:#5fc25f;--bad:#f0857f;--picture:#262624;--invert:1;${seriesVariables('dark')}`;

/** The report's style sheet: light and dark by the reader's preference, one column on phones, no network. */
export const styles = `
:root{color-scheme:light dark;${light}}
@media(prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:800px;margin:0 auto;padding:40px 16px 80px}
h1{font-size:30px;line-height:1.2;margin:0 0 8px;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:20px;line-height:1.3;margin:0 0 4px}
h3{font-size:15px;margin:0 0 2px}
p{margin:0 0 12px;max-width:66ch}
.lead{font-size:18px;color:var(--ink-2);margin-bottom:28px;text-wrap:pretty}
.lead b{color:var(--ink);font-weight:600}
.hint{color:var(--ink-2);font-size:14px;margin:0 0 10px}
section{background:var(--surface);border:1px solid var(--edge);border-radius:12px;padding:24px;margin:0 0 16px}
figure{margin:12px 0 0}
figure svg{display:block;--plot-background:var(--surface);color:var(--ink-2);max-width:100%;height:auto}
.narrow{display:none}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(310px,1fr));gap:20px;margin-top:12px}
.grid figure{margin:0}
.scroll{overflow-x:auto;margin:12px -24px 0;padding:0 24px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:8px 0 8px 14px;border-bottom:1px solid var(--grid);white-space:nowrap;vertical-align:top}
th:first-child,td:first-child{text-align:left;padding-left:0;position:sticky;left:0;background:var(--surface)}
thead th{color:var(--ink-2);font-weight:500;font-size:13px;vertical-align:bottom}
tbody tr:last-child td{border-bottom:0}
td small{color:var(--ink-2);display:block;font-size:12px}
td.cause{white-space:normal;text-align:left;color:var(--bad);font-size:13px}
.best td{font-weight:600}
.best td small{font-weight:400}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--colour);margin-right:8px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--ink-2);margin:12px 0 0;padding:0;list-style:none}
.episode{margin-top:22px;padding-top:20px;border-top:1px solid var(--grid)}
.episode:first-of-type{border-top:0;padding-top:0}
.support{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 16px}
.class{display:flex;flex-direction:column;align-items:center;gap:4px;font-size:12px;color:var(--ink-2)}
img.ink,img.photo{width:52px;height:52px;background:var(--picture);border:1px solid var(--edge);border-radius:6px;image-rendering:pixelated}
img.ink{padding:2px}
@media(prefers-color-scheme:dark){img.ink{filter:invert(1) hue-rotate(180deg);background:#d9d9db}}
.shots{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:16px}
.shot{min-width:0}
.shot p{margin:0 0 6px;font-size:13px}
.shot small{display:block;color:var(--ink-2);font-size:12px;overflow-wrap:anywhere}
.shot small b{font-weight:600;color:var(--ink)}
.drawing svg,svg.film{display:block;width:100%;height:auto;max-height:280px;background:var(--picture);border:1px solid var(--edge);border-radius:8px}
.drawing{color:var(--ink)}
svg.film{margin-top:8px;overflow:hidden;color:var(--ink)}
@keyframes film{to{transform:translateX(var(--end))}}
@media(prefers-reduced-motion:no-preference){svg.film>g{animation:film 1s infinite}svg.film:hover>g{animation-play-state:paused}}
.vector{font:12px ui-monospace,monospace;background:var(--picture);padding:4px 6px;border-radius:6px}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(310px,1fr));gap:10px}
.card{display:flex;gap:14px;align-items:center;border:1px solid var(--edge);border-radius:10px;padding:10px 12px}
.asked{display:flex;flex-direction:column;align-items:center;gap:4px;line-height:1}
.asked small{color:var(--ink-2);font-size:12px;font-weight:600}
.guesses{flex:1;min-width:0;display:grid;gap:3px}
.guess{display:flex;align-items:center;gap:8px;font-size:12px}
.guess .name{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--ink-2)}
.cells{display:flex;gap:2px;flex-wrap:wrap;max-width:168px;justify-content:flex-end}
.cells i{display:block;width:15px;height:15px;border-radius:3px;background:color-mix(in srgb,var(--colour) calc(var(--p)*100%),var(--grid));box-shadow:inset 0 0 0 1px transparent}
.cells i.true{box-shadow:inset 0 0 0 1.5px var(--ink)}
.mark{width:34px;text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.right{color:var(--good)}
.wrong{color:var(--bad)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;font-size:14px;margin:12px 0}
dt{color:var(--ink-2)}
dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--page);border-radius:8px;padding:12px;overflow:auto;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;margin:8px 0}
summary{cursor:pointer;color:var(--ink-2);font-size:14px}
pre.command{white-space:pre-wrap;overflow-wrap:anywhere}
footer{color:var(--ink-3);font-size:13px;padding:8px 24px}
@media(max-width:700px){.wide{display:none}.narrow{display:block}main{padding:24px 12px 60px}section{padding:18px 16px;border-radius:10px}.scroll{margin:12px -16px 0;padding:0 16px}h1{font-size:25px}.lead{font-size:16px}.cards,.grid{grid-template-columns:1fr}.grid .narrow svg{margin:0 auto}}
@media print{body{background:none}section{break-inside:avoid}}
`;
