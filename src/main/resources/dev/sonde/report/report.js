"use strict";
(() => {
  const found = JSON.parse(document.getElementById("findings").textContent);
  const hues = ["#3b82c4", "#e0762f", "#2a9d77", "#b565a7", "#8f7a1e", "#6b7280"];
  const best = found.sites[found.best.site];
  const metric = found.subject.metric;
  const positions = [...new Set(found.sites.map((s) => s.position))];
  const kinds = [...new Set(found.sites.map((s) => s.point.replace(/\.\d+$/, "")))];
  const family = (s) => {
    const kind = s.point.replace(/\.\d+$/, "");
    const shown = kind === "embed" && kinds.includes("resid_post") ? "resid_post" : kind;
    return kinds.filter((k) => k !== "embed").length > 1 ? shown + " @ " + s.position : s.position;
  };
  const series = [...new Set(found.sites.map(family))];
  const hue = (name) => hues[series.indexOf(name) % hues.length];
  const rows = found.sites.map((s) => ({ ...s, series: family(s), x: s.layer + 1 }));
  const depth = Math.max(...rows.map((r) => r.x));
  const width = () => Math.min(960, document.querySelector("main").clientWidth);
  const style = { fontSize: "13px", background: "transparent", fontFamily: "inherit" };

  // an R2 far below 0 stays out of the picture
  const clip = (v) => Math.max(v, -0.5);

  function place(id, plot) {
    const spot = document.getElementById(id);
    if (spot) spot.replaceChildren(plot);
  }

  function byLayer(id, value, estimate, label, floor, rules) {
    const low = clip(Math.min(floor, ...rows.map((r) => r[estimate].low ?? 1), ...rules.map((r) => r.value ?? 1)));
    const labelled = spread(rules, low);
    place(id, Plot.plot({
      width: width(), height: 400, marginRight: width() > 600 ? 190 : 20, marginLeft: 50, marginBottom: 52, style,
      x: { labelOffset: 44, label: "layer (0 = embeddings, l = after block l - 1)", ticks: d3.range(0, depth + 1, width() > 500 ? 1 : 3), tickFormat: "d", domain: [0, depth] },
      y: { label, domain: [Math.max(floor - 0.5, low - 0.03), 1], grid: true, nice: true },
      color: { domain: series, range: series.map(hue), legend: true },
      marks: [
        Plot.areaY(rows, { x: "x", y1: (d) => d[estimate].low, y2: (d) => d[estimate].high, fill: "series", fillOpacity: 0.18, z: "series" }),
        ...rules.map((r) => Plot.ruleY([r.value], { stroke: "currentColor", strokeOpacity: 0.7, strokeDasharray: r.dash, strokeWidth: 1.2 })),
        width() > 600 ? Plot.text(labelled, { x: depth, y: "at", text: (d) => d.name + " " + d.value.toFixed(3), dx: 10, textAnchor: "start", fill: "currentColor", fontSize: 12 }) : null,
        Plot.lineY(rows.filter((d) => d[value === "auroc" ? "untrainedAuroc" : "untrained"] !== null), { x: "x", y: value === "auroc" ? "untrainedAuroc" : "untrained", stroke: "series", strokeDasharray: "2 4", strokeWidth: 1.5, z: "series" }),
        Plot.lineY(rows, { x: "x", y: (d) => d[estimate].value, stroke: "series", strokeWidth: 2.2, z: "series" }),
        Plot.dot(rows, { x: "x", y: (d) => d[estimate].value, fill: "series", r: 3 }),
        Plot.tip(rows, Plot.pointer({ x: "x", y: (d) => d[estimate].value, title: (d) => `${d.point} @ ${d.position}\n${label} ${d[estimate].value.toFixed(3)} [${d[estimate].low.toFixed(3)}, ${d[estimate].high.toFixed(3)}]`, fill: "Canvas" })),
      ],
    }));
  }

  // labels that would lie on one another move apart
  function spread(rules, low) {
    const gap = (1.03 - low) / 22;
    let last = -Infinity;
    return [...rules].sort((a, b) => a.value - b.value).map((r) => {
      last = Math.max(r.value, last + gap);
      return { ...r, at: last };
    });
  }

  function draw() {
    const rules = [
      { name: "95 % of max-null", value: found.maxNull.max95, dash: "6 3" },
      ...found.baselines.map((b) => ({ name: b.name, value: b.accuracy.value, dash: "1 3" })),
    ];
    const numbers = metric === "R2";
    byLayer("chart-accuracy", "accuracy", "accuracy", metric, numbers ? 0 : 0.5, rules);
    if (numbers) scatter();
    else scores();
    directions();
  }

  function scatter() {
    const held = found.best.held.map((h) => ({ ...h, truth: +h.label }));
    const [from, to] = d3.extent(held.flatMap((h) => [h.truth, h.score]));
    place("chart-numbers", Plot.plot({
      width: Math.min(560, width()), height: Math.min(480, width()), style, marginLeft: 60, marginBottom: 48,
      x: { labelOffset: 42, label: "true number", domain: [from, to] }, y: { label: "predicted, held out", domain: [from, to], grid: true },
      marks: [
        Plot.line([[from, from], [to, to]], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.6 }),
        Plot.dot(held, { x: "truth", y: "score", stroke: hues[0], strokeOpacity: 0.6, r: 2.5 }),
        Plot.tip(held, Plot.pointer({ x: "truth", y: "score", title: (h) => `${h.text}\ntrue ${h.truth}\npredicted ${h.score.toPrecision(4)}`, fill: "Canvas" })),
      ],
    }));
  }

  function scores() {
    byLayer("chart-auroc", "auroc", "auroc", "AUROC", 0.5, found.baselines.map((b) => ({ name: b.name, value: b.auroc, dash: "1 3" })));
    const half = Math.min(460, width());
    const labels = [...new Set(found.best.held.map((h) => h.label))].sort();
    place("chart-scores", Plot.plot({
      width: half, height: 300, style, marginLeft: 45, marginBottom: 48,
      x: { labelOffset: 42, label: "held-out score (log-odds)" }, y: { label: "rows", grid: true },
      color: { domain: labels, range: [hues[1], hues[0], ...hues.slice(2)], legend: true },
      marks: [
        Plot.rectY(found.best.held, Plot.binX({ y2: "count" }, { x: "score", fill: "label", thresholds: 36, fillOpacity: 0.55, mixBlendMode: "normal" })),
        Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "4 3" }), Plot.ruleY([0]),
      ],
    }));
    place("chart-calibration", Plot.plot({
      width: half, height: 300, style, marginLeft: 45, marginBottom: 48,
      x: { labelOffset: 42, label: "predicted probability", domain: [0, 1] }, y: { label: "observed share", domain: [0, 1], grid: true },
      r: { range: [2, 12] },
      marks: [
        Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.6 }),
        Plot.line(found.best.calibration, { x: "predicted", y: "observed", stroke: hues[0] }),
        Plot.dot(found.best.calibration, { x: "predicted", y: "observed", r: "count", fill: hues[0], fillOpacity: 0.6 }),
        Plot.tip(found.best.calibration, Plot.pointer({ x: "predicted", y: "observed", title: (d) => `${d.count} rows\npredicted ${d.predicted.toFixed(3)}\nobserved ${d.observed.toFixed(3)}`, fill: "Canvas" })),
      ],
    }));
  }

  function directions() {
    const names = found.best.cosineLabels;
    const cells = names.flatMap((a, i) => names.map((b, j) => ({ a, b, cos: found.best.cosines[i][j] })));
    const short = (n) => n.replace(/^[a-z_]+\./, "");
    place("chart-cosines", Plot.plot({
      width: Math.min(640, width()), height: Math.min(560, width() * 0.85), marginLeft: 60, marginBottom: 50, style,
      x: { domain: names, label: "layer", tickFormat: short }, y: { domain: names, label: null, tickFormat: short },
      color: { scheme: "RdBu", domain: [-1, 1], legend: true, label: "cosine" },
      marks: [
        Plot.cell(cells, { x: "b", y: "a", fill: "cos", inset: 0.5 }),
        width() > 560 ? Plot.text(cells, { x: "b", y: "a", text: (d) => d.cos.toFixed(2), fill: (d) => (Math.abs(d.cos) > 0.6 ? "white" : "black"), fontSize: 10 }) : null,
      ],
    }));
  }
  draw();
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
})();
