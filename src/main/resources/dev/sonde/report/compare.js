"use strict";
(() => {
  const found = JSON.parse(document.getElementById("findings").textContent);
  const style = { fontSize: "13px", background: "transparent", fontFamily: "inherit" };
  const width = () => Math.min(960, document.querySelector("main").clientWidth);
  const place = (id, plot) => document.getElementById(id)?.replaceChildren(plot);
  const margin = (names) => Math.min(360, 8 * Math.max(...names.map((n) => n.length)) + 20);

  function draw() {
    const runs = found.runs.map((r) => ({ name: r.name, ...r.nested }));
    place("chart-runs", Plot.plot({
      width: width(), marginBottom: 42, height: 82 + 32 * runs.length, marginLeft: margin(runs.map((r) => r.name)), style,
      x: { label: "accuracy, site chosen inside", grid: true }, y: { label: null, domain: runs.map((r) => r.name) },
      marks: [
        Plot.ruleX([0.5], { strokeDasharray: "4 4", strokeOpacity: 0.5 }),
        Plot.ruleY(runs, { y: "name", x1: "low", x2: "high", stroke: "#3b82c4", strokeWidth: 3, strokeOpacity: 0.5 }),
        Plot.dot(runs, { y: "name", x: "value", fill: "#3b82c4", r: 5 }),
      ],
    }));
    const pairs = found.pairs.map((p) => ({
      name: found.runs[p.first].name + " − " + found.runs[p.second].name, ...p.difference, clear: p.adjusted < 0.05,
    }));
    place("chart-pairs", Plot.plot({
      width: width(), marginBottom: 42, height: 82 + 32 * pairs.length, marginLeft: margin(pairs.map((p) => p.name)), style,
      x: { label: "difference of accuracy", grid: true }, y: { label: null, domain: pairs.map((p) => p.name) },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(pairs, { y: "name", x1: "low", x2: "high", stroke: "#e0762f", strokeWidth: 3, strokeOpacity: 0.5 }),
        Plot.dot(pairs, { y: "name", x: "value", stroke: "#e0762f", fill: (d) => (d.clear ? "#e0762f" : "none"), strokeWidth: 2, r: 5 }),
      ],
    }));
  }

  draw();
  addEventListener("resize", draw);
})();
