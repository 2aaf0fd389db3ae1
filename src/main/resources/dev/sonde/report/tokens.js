"use strict";
(() => {
  const found = JSON.parse(document.getElementById("findings").textContent);
  const style = { fontSize: "13px", background: "transparent", fontFamily: "inherit" };
  const width = () => Math.min(960, document.querySelector("main").clientWidth);
  // layers of one kind of point are a line; embeddings begin that of resid_post
  const kind = (l) => l.point.replace(/\.\d+$/, "");
  const kinds = [...new Set(found.layers.map(kind))];
  const series = (l) => (kind(l) === "embed" && kinds.includes("resid_post") ? "resid_post" : kind(l));
  const rows = found.layers.map((l) => ({ ...l, x: l.layer + 1, series: series(l), value: l.accuracy.value, low: l.accuracy.low, high: l.accuracy.high }));
  const names = [...new Set(rows.map((r) => r.series))];
  const hues = ["#3b82c4", "#e0762f", "#2a9d77", "#b565a7", "#8f7a1e", "#6b7280"];
  const depth = Math.max(1, ...rows.map((r) => r.x));

  function draw() {
    const w = width();
    const low = Math.min(...rows.flatMap((r) => [r.low, r.untrained ?? 1, r.control ?? 1]), ...found.baselines.map((b) => b.accuracy));
    const line = (key, dash) => Plot.lineY(rows.filter((r) => r[key] !== null), { x: "x", y: key, stroke: "series", z: "series", strokeDasharray: dash, strokeWidth: 1.5 });
    document.getElementById("chart-layers")?.replaceChildren(Plot.plot({
      width: w, height: 400, marginLeft: 50, marginBottom: 52, marginRight: w > 600 ? 150 : 20, style,
      x: { label: "layer (0 = embeddings, l = after block l - 1)", labelOffset: 44, domain: [0, depth], ticks: d3.range(0, depth + 1, w > 500 ? 1 : 3), tickFormat: "d" },
      y: { label: found.metric, grid: true, domain: [Math.max(0, low - 0.05), 1] },
      color: { domain: names, range: hues, legend: true },
      marks: [
        Plot.areaY(rows, { x: "x", y1: "low", y2: "high", fill: "series", fillOpacity: 0.18, z: "series" }),
        ...found.baselines.map((b) => Plot.ruleY([b.accuracy], { stroke: "currentColor", strokeOpacity: 0.7, strokeDasharray: "1 3" })),
        w > 600 ? Plot.text(found.baselines, { x: depth, y: "accuracy", text: (b) => `${b.name} ${b.accuracy.toFixed(3)}`, dx: 10, textAnchor: "start", fill: "currentColor", fontSize: 12 }) : null,
        line("untrained", "2 4"),
        line("control", "7 4"),
        Plot.lineY(rows, { x: "x", y: "value", stroke: "series", z: "series", strokeWidth: 2.2 }),
        Plot.dot(rows, { x: "x", y: "value", fill: "series", r: 3 }),
        Plot.tip(rows, Plot.pointer({ x: "x", y: "value", title: (d) => `${d.point}\n${found.metric} ${d.value.toFixed(3)} [${d.low.toFixed(3)}, ${d.high.toFixed(3)}]`, fill: "Canvas" })),
      ],
    }));
  }

  draw();
  let pending;
  addEventListener("resize", () => { clearTimeout(pending); pending = setTimeout(draw, 150); });
})();
