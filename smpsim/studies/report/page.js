"use strict";
(() => {
  const { sliders, cells } = JSON.parse(document.getElementById("what-if-data").textContent);
  const most = Math.max(...cells.map((cell) => cell.width), 1);
  const inputs = sliders.map((_, n) => document.getElementById(`slider-${n}`));
  // the last slider moves first, as in the table
  const place = (at) => at.reduce((sum, step, n) => sum * sliders[n].values.length + step, 0);
  const now = () => inputs.map((input) => Number(input.value));

  function show() {
    const at = now();
    const cell = cells[place(at)];
    for (const name of ["placed", "placed_change", "cost", "cost_change", "price"]) {
      document.getElementById(`what-if-${name}`).textContent = cell[name];
    }
    const same = at.every((step, n) => step === sliders[n].present);
    document.getElementById("what-if-change").hidden = same;
    document.getElementById("what-if-same").hidden = !same;
    inputs.forEach((input, n) => {
      const value = sliders[n].values[at[n]];
      input.setAttribute("aria-valuetext", value);
      document.getElementById(`slider-${n}-value`).textContent = value;
      // what this slider would do where the others stand
      document.querySelectorAll(`#slider-${n}-bars span`).forEach((bar, step) => {
        const other = cells[place(at.map((mine, m) => (m === n ? step : mine)))];
        bar.style.height = `${Math.max(2, (100 * other.width) / most)}%`;
        bar.className = step === at[n] ? "here" : "";
        bar.title = `${sliders[n].values[step]}: ${other.placed} placed`;
        bar.firstChild.textContent = other.placed;
      });
    });
  }

  inputs.forEach((input) => input.addEventListener("input", show));
  document.getElementById("what-if-back").addEventListener("click", () => {
    inputs.forEach((input, n) => { input.value = sliders[n].present; });
    show();
  });
  show();
  document.getElementById("what-if-sliders").hidden = false;
  document.getElementById("what-if-alone").open = false;
  // paper has no sliders
  window.addEventListener("beforeprint", () => {
    document.getElementById("what-if-alone").open = true;
  });
})();
