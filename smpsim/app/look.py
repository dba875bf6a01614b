"""How the page looks: light or dark as the reader's system says, at any width, in print."""

from __future__ import annotations

# Okabe and Ito, as the pictures; good and bad are told by words and position too
LIGHT = {
    "ink": "#222222",
    "soft": "#555555",
    "line": "#e2e2e2",
    "paper": "#ffffff",
    "block": "#f4f4f4",
    "alert": "#fdf3ec",
    "planned": "#333333",
    "blue": "#0072B2",
    "red": "#D55E00",
    "green": "#009E73",
    "orange": "#E69F00",
    "grey": "#8a8a8a",
}
DARK = LIGHT | {
    "ink": "#ececec",
    "soft": "#b9b9b9",
    "line": "#444444",
    "paper": "#121212",
    "block": "#242424",
    "alert": "#3a2a1e",
    "planned": "#cccccc",
    "blue": "#56B4E9",
    "red": "#ff8a3d",
    "green": "#2cc79b",
    "grey": "#9a9a9a",
}


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--smp-{name}: {value};" for name, value in colours.items())


STYLE = (
    f".v-application {{ {_variables(LIGHT)} }}\n"
    f".v-application.theme--dark {{ {_variables(DARK)} }}\n"
    + """
.smp { font-size: 15px; line-height: 1.5; color: var(--smp-ink); overflow-wrap: anywhere; }
.smp h2 { font-size: 19px; line-height: 1.3; margin: 20px 0 8px; font-weight: 600; }
.smp h3 { font-size: 15px; margin: 16px 0 4px; font-weight: 600; }
.smp p, .smp li { margin: 0 0 8px; max-width: 46em; }
.smp .lead { font-size: 18px; line-height: 1.45; }
.smp .note { color: var(--smp-soft); font-size: 13px; }
.smp table { border-collapse: collapse; width: 100%; }
.smp th { text-align: left; font-weight: 600; font-size: 13px; color: var(--smp-soft); }
.smp th, .smp td { padding: 4px 10px 4px 0; vertical-align: top;
  border-bottom: 1px solid var(--smp-line); }
.smp th[scope=row] { color: var(--smp-ink); font-weight: 400; font-size: 15px; }
.smp th.n, .smp td.n { text-align: right; white-space: nowrap; }
.smp td.wrap { white-space: normal; min-width: 9em; }
.smp .bar { height: 7px; border-radius: 2px; margin-top: 3px; min-width: 1px; }
.smp .planned { background: var(--smp-planned); } .smp .placed { background: var(--smp-blue); }
.smp .loss, .smp .loses { background: var(--smp-red); }
.smp .kept { background: var(--smp-green); }
.smp .under-way { background: var(--smp-grey); } .smp .pays { background: var(--smp-orange); }
.smp .gains { background: var(--smp-blue); }
.smp pre { white-space: pre-wrap; background: var(--smp-block); color: var(--smp-ink);
  padding: 8px; font-size: 13px; user-select: all; overflow-wrap: anywhere; }
.smp .wide { overflow-x: auto; } .smp .wide table { font-size: 13px; }
.smp .wide th.n { white-space: normal; } .smp .wide th[scope=row] { min-width: 6em; }
.smp .problem, .smp .caution { border-left: 4px solid var(--smp-red); padding: 4px 10px;
  background: var(--smp-alert); }
.smp-columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 520px); gap: 28px; }
.smp-svg { width: 100%; height: auto; display: block; margin: 8px 0 4px; }
.smp-money { max-width: 720px; }
.smp-svg text { font-size: 12px; fill: var(--smp-ink); }
.smp-svg .h { font-weight: 600; font-size: 13px; }
.smp-svg .note { fill: var(--smp-soft); font-size: 11px; }
.smp-svg .e { text-anchor: end; } .smp-svg .s { text-anchor: start; }
.smp-svg .m { text-anchor: middle; }
.smp-svg .grid { stroke: var(--smp-line); fill: none; }
.smp-svg .band { fill: var(--smp-blue); opacity: 0.22; }
.smp-svg .line { stroke: var(--smp-blue); stroke-width: 2; fill: none; }
.smp-svg .band2 { fill: var(--smp-red); opacity: 0.28; }
.smp-svg .line2 { stroke: var(--smp-red); stroke-width: 2; fill: none; stroke-dasharray: 6 3; }
.smp-svg .dot { fill: var(--smp-ink); stroke: var(--smp-ink); }
.smp-svg .node { fill: var(--smp-planned); }
.smp-svg .flow { fill: var(--smp-orange); opacity: 0.45; }
.smp-svg .flow:hover { opacity: 0.75; }
.smp-label { font-size: 14px; line-height: 1.35; margin-top: 8px; color: var(--smp-ink); }
.smp-label b { white-space: nowrap; }
.smp-label .note, .smp-marks .note { color: var(--smp-soft); font-size: 12px; display: block;
  line-height: 1.35; }
.smp-marks { margin: -6px 8px 2px; }
.smp-marks .axis { position: relative; height: 9px; }
.smp-marks .axis i { position: absolute; top: 0; width: 2px; height: 8px; margin-left: -1px;
  background: var(--smp-orange); }
.smp-shell { display: grid; grid-template-columns: 340px minmax(0, 1fr); }
.smp-side { border-right: 1px solid var(--smp-line); padding: 8px 14px; overflow-y: auto;
  max-height: 100vh; position: sticky; top: 0; }
.smp-main { padding: 8px 24px; min-width: 0; }
.smp-toggle { display: none; }
.smp-row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.smp-top { display: flex; justify-content: flex-end; }
:focus-visible { outline: 3px solid var(--smp-blue) !important; outline-offset: 2px; }
@media (max-width: 1100px) { .smp-columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 800px) {
  .smp-shell { grid-template-columns: minmax(0, 1fr); }
  .smp-toggle { display: block; padding: 8px; }
  .smp-side { position: static; max-height: none; border: 0; }
  .smp-closed { display: none; }
  .smp-main { padding: 4px 12px; }
}
@media (max-width: 600px) {
  .smp table.stack td.n { white-space: normal; }
  .smp table.stack thead { display: none; }
  .smp table.stack td, .smp table.stack th[scope=row] { display: block; text-align: left;
    border: 0; padding: 1px 0; }
  .smp table.stack td[data-label]::before { content: attr(data-label) ": ";
    color: var(--smp-soft); }
  .smp table.stack tr { display: block; border-bottom: 1px solid var(--smp-line); padding: 6px 0; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
@media print { .smp-side, .smp-toggle, .v-tabs-bar { display: none; } }
"""
)
