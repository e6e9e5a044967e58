/** Light and dark, from 340 px up. */
export const pageStyle = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1d2329; --quiet: #57616b; --line: #d5dade; --mark: #0b6e8a; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181c; --card: #1e2429; --text: #e6eaee; --quiet: #a4afb9; --line: #39424b; --mark: #6cc5dd; --bad: #ff8f86; --good: #7ed6a0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 12px; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.4em; margin: 0 0 4px; } h2 { font-size: 1.1em; margin: 0 0 4px; } h3 { font-size: 1em; margin: 14px 0 4px; } h4 { font-size: 1em; margin: 0; }
h1 code { font-weight: normal; color: var(--mark); } h4 code { font-weight: normal; color: var(--quiet); }
p { margin: 0 0 8px; } header p, section > p { color: var(--quiet); max-width: 80ch; }
code { font: 0.92em ui-monospace, monospace; overflow-wrap: anywhere; }
.gone { color: var(--bad); font-weight: bold; } .gone:empty { display: none; }
main { display: grid; gap: 12px; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: start; }
main { grid-template-rows: auto 1fr; } .side { display: grid; gap: 12px; grid-row: 1 / span 2; grid-column: 2; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; min-width: 0; }
.figures { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 8px; } .figures div { display: flex; gap: 6px; } dt { color: var(--quiet); } dd { margin: 0; font-weight: bold; font-variant-numeric: tabular-nums; }
.streams { display: grid; gap: 10px; } article { border-top: 1px solid var(--line); padding-top: 8px; min-width: 0; overflow-wrap: anywhere; }
.accepted, .more, time, .hits { color: var(--quiet); font-size: 0.9em; margin: 0; }
.series { display: grid; grid-template-columns: minmax(0, 9em) minmax(0, 7em) minmax(0, 1fr) auto; gap: 8px; align-items: center; margin: 4px 0; }
.series time { grid-column: 4; } .series b { text-align: right; font-variant-numeric: tabular-nums; }
.plot { width: 100%; max-width: 320px; height: auto; display: block; } .plot polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; stroke-linejoin: round; } .plot circle { fill: var(--mark); }
ul { list-style: none; margin: 0; padding: 0; } .switches li { display: flex; gap: 8px; align-items: baseline; padding: 3px 0; } .switches { margin: 0 0 8px; } .others { margin: 0 0 8px; }
.switches small { display: block; color: var(--quiet); font-size: 0.9em; } input[type=checkbox] { accent-color: var(--bad); width: 1.1em; height: 1.1em; flex: none; margin: 0; transform: translateY(0.15em); }
.hits { color: var(--bad); }
table { border-collapse: collapse; width: 100%; margin: 0 0 10px; } caption { text-align: left; font-weight: bold; padding: 6px 0 2px; }
th, td { text-align: left; vertical-align: top; padding: 2px 10px 2px 0; border-top: 1px solid var(--line); } th { font-weight: normal; color: var(--quiet); width: 10em; }
.requests th, .requests td:not(:nth-child(2)) { width: auto; white-space: nowrap; } .requests td { font-variant-numeric: tabular-nums; }
td.bad { color: var(--bad); } td.good { color: var(--good); }
button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 4px; padding: 4px 10px; cursor: pointer; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
@media (max-width: 760px) { main { grid-template-columns: minmax(0, 1fr); } .side { grid-row: auto; grid-column: 1; } }
@media (max-width: 520px) {
  .series { grid-template-columns: minmax(7em, 1fr) minmax(0, auto); } .series .plot, .series time { grid-column: 1 / -1; }
  th { width: 8em; } .requests td:not(:nth-child(2)), .requests th { white-space: normal; }
}
`
