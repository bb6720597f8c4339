"""The page's style sheet: one column of text, tables that fold on a phone, colours for day, night and paper.

    >>> CSS.count("{") == CSS.count("}")
    True
"""

from __future__ import annotations

CSS = """\
:root {
  --paper: #fffdf9; --ink: #1c1b19; --soft: #5b5750; --rule: #d9d4ca; --faint: #f4f0e8;
  --up: #0b5a8a; --down: #a2470a; --good: #1d6b3a; --bad: #a3161b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16171a; --ink: #e9e6df; --soft: #a9a499; --rule: #3a3b40; --faint: #1f2125;
    --up: #6db7e8; --down: #f0a166; --good: #7bcf98; --bad: #ff8d8a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; font-variant-numeric: tabular-nums;
  overflow-wrap: break-word;
}
h1, h2, h3 { font-family: Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", Georgia, serif; }
h1 { font-size: 2.4rem; line-height: 1.1; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 0.5rem; }
h3 { font-size: 1.1rem; line-height: 1.3; margin: 1.75rem 0 0.4rem; }
p { margin: 0 0 0.75rem; max-width: 40rem; }
code { font-family: ui-monospace, "Cascadia Mono", "Noto Sans Mono", monospace; font-size: 0.875em;
  overflow-wrap: anywhere; }
pre { margin: 0 0 0.75rem; padding: 0.75rem 1rem; background: var(--faint); border-radius: 4px;
  white-space: pre-wrap; }
ul { margin: 0; padding: 0; list-style: none; }
dl { margin: 0; display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.3rem 1.25rem; }
dt { font-weight: 600; grid-column: 1; }
dd { margin: 0; grid-column: 2; }
a { color: var(--up); }
main > section { border-top: 1px solid var(--rule); margin-top: 2.5rem; padding-top: 1.25rem; }
footer { border-top: 1px solid var(--rule); margin-top: 2.5rem; padding-top: 1rem; color: var(--soft);
  font-size: 0.875rem; }

.kicker { margin: 0 0 0.25rem; color: var(--soft); font-size: 0.8125rem; font-weight: 600;
  letter-spacing: 0.08em; text-transform: uppercase; }
.facts { margin: 0.4rem 0 1.25rem; color: var(--soft); }
.audience, .note { color: var(--soft); font-size: 0.875rem; }
.day { white-space: nowrap; }
.leads tr:nth-child(odd) { border-bottom-style: none; }
.verdict { padding: 0.6rem 0.9rem; border-inline-start: 4px solid; background: var(--faint); max-width: none; }
.verdict.yes { border-color: var(--good); }
.verdict.no { border-color: var(--bad); }
.verdict.yes strong { color: var(--good); }
.verdict.no strong { color: var(--bad); }

.square { width: 11rem; max-width: 60%; }
.square svg { display: block; width: 100%; height: auto; }
.directions { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1.5rem; margin: 1.5rem 0 1.25rem; }
.directions section { border-top: 2px solid var(--ink); padding-top: 0.5rem; }
.directions section:first-child { border-color: var(--up); }
.directions section:last-child { border-color: var(--down); }
.directions h2 { font: 600 0.9375rem/1.3 system-ui, "Segoe UI", "Noto Sans", sans-serif; margin: 0; }
.directions p { margin: 0; color: var(--soft); font-size: 0.875rem; }
.directions .figure { color: var(--ink); font: 700 3rem/1.1 Charter, "Bitstream Charter", Cambria, "Noto Serif",
  Georgia, serif; }

table { border-collapse: collapse; width: 100%; margin: 0.75rem 0; font-size: 0.9375rem; }
th, td { padding: 0.4rem 0.5rem; text-align: start; vertical-align: baseline; }
th:first-child { padding-inline-start: 0; }
th:last-child, td:last-child { padding-inline-end: 0; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 600; line-height: 1.25; vertical-align: bottom;
  border-bottom: 1px solid var(--ink); }
tbody th { font-weight: 400; }
tbody tr { border-bottom: 1px solid var(--rule); }
.n, .round thead th:not(:first-child):not(:last-child) { text-align: end; }
.group th { padding-top: 1rem; font-weight: 600; }
.group .status { color: var(--soft); font-weight: 400; font-size: 0.875rem; margin-inline-start: 0.5em; }
.total { border-top: 1px solid var(--ink); }
.total tr:last-child { border-bottom: 1px solid var(--ink); }
.total th, .total td { font-weight: 600; }
.difference { color: var(--soft); width: 30%; }
.round tbody th { white-space: nowrap; }
.round .group th { white-space: normal; }

svg.balance { display: block; width: 100%; height: auto; margin: 0.5rem 0; font: 12px system-ui, "Segoe UI",
  "Noto Sans", sans-serif; }
.balance .area { stroke: none; fill-opacity: 0.18; }
.balance .line { fill: none; stroke-width: 1.5; }
.balance .area.up { fill: var(--up); }
.balance .area.down { fill: var(--down); }
.balance .line.up { stroke: var(--up); }
.balance .line.down { stroke: var(--down); }
.balance line.zero { stroke: var(--ink); stroke-width: 1; }
.balance line.bound { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 5 4; }
.balance text { fill: var(--soft); }
.balance text.side { font-weight: 600; font-size: 13px; }
.balance text.side.up { fill: var(--up); }
.balance text.side.down { fill: var(--down); }
.balance text.bound { fill: var(--bad); }
.balance .band { fill: var(--faint); }
.narrow { display: none; }

@media (max-width: 36rem) {
  h1 { font-size: 2rem; }
  .wide { display: none; }
  .narrow { display: block; }
  dl { display: block; }
  dd { margin: 0 0 0.6rem; }
  .round thead, .checks thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
  .round, .round tbody, .checks, .checks tbody { display: block; }
  .round tr { display: grid; grid-template-columns: repeat(5, 1fr); padding: 0.4rem 0 0.6rem; }
  .round th, .round td { padding: 0; }
  .round th, .round .difference { grid-column: 1 / -1; }
  .round .difference { width: auto; }
  .round th { font-weight: 600; }
  .round .group { border-bottom: 1px solid var(--ink); padding-top: 1.25rem; }
  .round .group .status { display: block; margin: 0; }
  .round td.n { text-align: start; font-size: 1.125rem; }
  .round td::before { content: attr(data-label); display: block; color: var(--soft); font-size: 0.75rem; }
  .round .difference::before { content: attr(data-label) ": "; display: inline; font-size: inherit; }
  .checks tr { display: grid; grid-template-columns: 1fr auto; padding: 0.5rem 0; }
  .checks th, .checks td { padding: 0; }
  .checks td:last-child { grid-column: 1 / -1; color: var(--soft); font-size: 0.875rem; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --rule: #bbb; --faint: #f2f2f2; --up: #0b5a8a; --down: #a2470a;
    --good: #1d6b3a; --bad: #a3161b; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  main > section { break-inside: auto; }
  tr, svg, .verdict, .directions { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .narrow { display: none; }
  .wide { display: block; }
  svg .area, svg .band, .verdict, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
