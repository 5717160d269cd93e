/** The look of a report: a page of a paper on any screen, light or dark, and on A4. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1b1f24; --quiet: #58616c; --line: #d8dde3; --faint: #f4f6f8; --accent: #1f6f8b;
  --success: #1f7a4d; --note: #1f6f8b; --warning: #96600a; --failure: #b3332e;
  --text: Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", Georgia, serif;
  --plain: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --fixed: ui-monospace, "SF Mono", Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e3e7eb; --quiet: #9aa4af; --line: #333a42; --faint: #1c2127; --accent: #63b7d4;
    --success: #5cc08d; --note: #63b7d4; --warning: #e0a94a; --failure: #f0837d;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 58rem;
  background: var(--page); color: var(--ink); font: 1.0625rem/1.6 var(--text);
}
header { border-bottom: 2px solid var(--ink); padding-bottom: 1.25rem; margin-bottom: 1.75rem; }
h1, h2, h3 { font-family: var(--plain); line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
h1 { font-size: 2rem; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 0.6rem; }
h2 { font-size: 1.35rem; font-weight: 620; margin: 3.25rem 0 0.9rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; font-weight: 620; margin: 2.25rem 0 0.7rem; }
p, ul { margin: 0 0 1rem; max-width: 44rem; }
ul { padding-left: 1.25rem; }
.byline { font: 0.875rem/1.5 var(--plain); color: var(--quiet); margin: 0; max-width: none; overflow-wrap: anywhere; }
.byline span + span::before { content: "·"; margin: 0 0.5em; }
nav { font: 0.875rem/1.6 var(--plain); }
nav h2 { font-size: 0.875rem; border: 0; margin: 0 0 0.35rem; padding: 0; color: var(--quiet); font-weight: 600; }
nav ol { list-style: none; margin: 0; padding: 0; columns: 15rem; column-gap: 2rem; }
nav ol ol { columns: auto; padding-left: 1rem; }
nav li { break-inside: avoid; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: var(--fixed); font-size: 0.83em; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.25rem 1.5rem; margin: 0 0 1.25rem; font: 0.9rem/1.5 var(--plain); }
dl.facts dt { color: var(--quiet); overflow-wrap: anywhere; }
dl.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.table { margin: 0 0 1.75rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font: 0.875rem/1.45 var(--plain); font-variant-numeric: tabular-nums; border-bottom: 1.5px solid var(--ink); }
caption, figcaption { font: 0.875rem/1.5 var(--plain); color: var(--quiet); text-align: left; overflow-wrap: anywhere; }
caption { caption-side: top; padding-bottom: 0.5rem; }
caption b, figcaption b { color: var(--ink); font-weight: 620; }
thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
th, td { padding: 0.32rem 0.9rem 0.32rem 0; text-align: left; vertical-align: top; font-weight: 400; overflow-wrap: anywhere; min-width: 10ch; }
th:first-child, td:first-child { padding-left: 0.6rem; }
th:last-child, td:last-child { padding-right: 0.6rem; }
.end { text-align: right; }
th.end, td.end { overflow-wrap: normal; min-width: 0; }
tbody tr + tr > * { border-top: 1px solid var(--line); }
tr.marked > * { background: var(--faint); }
tr.marked > :first-child { box-shadow: inset 3px 0 0 var(--accent); }
figure { margin: 0 0 2rem; }
.panels { display: flex; flex-wrap: wrap; gap: 0.9rem; margin-bottom: 0.6rem; }
.panel { flex: 1 1 12rem; max-width: 24rem; min-width: 0; }
.panel.chart, .panel.alone { flex-basis: 100%; }
.panel.chart { max-width: 46rem; }
.panel.chart.half { flex: 1 1 20rem; max-width: 30rem; }
.panel h4 { font: 600 0.85rem/1.4 var(--plain); margin: 0 0 0.3rem; overflow-wrap: anywhere; }
.picture { position: relative; line-height: 0; }
.picture img { width: 100%; height: auto; image-rendering: pixelated; border-radius: 2px; }
.picture svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.panel.chart svg { width: 100%; height: auto; font-family: var(--plain); overflow: visible; }
.bar { display: flex; align-items: flex-start; flex-wrap: wrap; gap: 0.3rem 1.5rem; font: 0.8rem/1.4 var(--plain); color: var(--quiet); margin-bottom: 0.6rem; font-variant-numeric: tabular-nums; }
.bar svg { width: 20rem; max-width: 100%; height: auto; font: 11px var(--plain); overflow: visible; }
.bar i { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.45em; vertical-align: -0.1em; border-radius: 2px; }
details { font: 0.85rem/1.45 var(--plain); margin-top: 0.5rem; }
summary { color: var(--accent); cursor: pointer; width: max-content; max-width: 100%; }
details .table { margin: 0.75rem 0 0; max-height: 28rem; overflow: auto; }
.equation { margin: 0 0 1.25rem; }
.equation div { overflow-x: auto; overflow-y: hidden; padding: 0.35rem 0; }
.equation p { font: 0.875rem/1.5 var(--plain); color: var(--quiet); }
math { font-size: 1.08em; font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", "Libertinus Math", math; }
.code { margin: 0 0 1.5rem; }
.code p { font: 0.875rem/1.5 var(--plain); color: var(--quiet); margin-bottom: 0.4rem; }
pre { margin: 0; padding: 0.8rem 1rem; background: var(--faint); border-radius: 4px; line-height: 1.55; white-space: pre-wrap; }
.statement { border-left: 3px solid var(--tone); background: var(--faint); padding: 0.7rem 1rem; margin: 0 0 1.5rem; border-radius: 0 4px 4px 0; font: 0.9rem/1.55 var(--plain); overflow-wrap: anywhere; }
.statement strong { color: var(--tone); display: block; font-weight: 620; }
.statement p { margin: 0.15rem 0 0; max-width: none; }
.statement ul { margin: 0.25rem 0 0; max-width: none; }
.success { --tone: var(--success); } .note { --tone: var(--note); }
.warning { --tone: var(--warning); } .failure { --tone: var(--failure); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@page { size: A4; margin: 18mm 16mm; }
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --quiet: #444; --line: #ccc; --faint: #f4f4f4; --accent: #15566d;
    --success: #1f7a4d; --note: #15566d; --warning: #7d4f06; --failure: #98211d; }
  body { padding: 0; max-width: none; font-size: 10pt; }
  h2 { margin-top: 2rem; } h1, h2, h3, caption { break-after: avoid; }
  figure, .statement, .equation, .code, tr { break-inside: avoid; }
  .table { overflow: visible; } details { display: none; }
  .picture img, .bar svg, .bar i, tr.marked > *, .statement, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; } h1 { font-size: 1.6rem; }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: 0.5rem; }
}
`.trim()
