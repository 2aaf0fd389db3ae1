"use strict";
(() => {
  const found = JSON.parse(document.getElementById("findings").textContent);
  const hues = ["#3b82c4", "#e0762f", "#2a9d77", "#b565a7", "#8f7a1e", "#6b7280"];
  const best = found.sites[found.best.site];
  const metric = found.subject.metric;
  const positions = [...new Set(found.sites.map((s) => s.position))];
  const kinds = [...new Set(found.sites.map((s) => s.point.replace(/\.\d+$/, "")))];
  // tensors that have names and no layer number stand in a row, in the order of the network
  const named = kinds.length > 1 && found.sites.every((s) => !/\.\d+$/.test(s.point) && s.point !== "embed");
  const family = (s) => {
    if (named) return s.position;
    const kind = s.point.replace(/\.\d+$/, "");
    const shown = kind === "embed" && kinds.includes("resid_post") ? "resid_post" : kind;
    return kinds.filter((k) => k !== "embed").length > 1 ? shown + " @ " + s.position : s.position;
  };
  const series = [...new Set(found.sites.map(family))];
  const hue = (name) => hues[series.indexOf(name) % hues.length];
  const rows = found.sites.map((s) => ({ ...s, series: family(s), x: s.layer + 1 }));
  const depth = Math.max(...rows.map((r) => r.x));
  const nameAt = new Map(rows.map((r) => [r.x, r.point.length > 16 ? "…" + r.point.slice(-15) : r.point]));
  const axis = (label, room) => named
    ? { label: "tensor, in the order of the network", ticks: [...nameAt.keys()], tickFormat: (x) => nameAt.get(x) ?? "", domain: [Math.min(...nameAt.keys()), Math.max(depth, Math.min(...nameAt.keys()) + 1)], inset: 20, labelOffset: 44, tickRotate: nameAt.size > 5 ? -20 : 0 }
    : { label, ticks: d3.range(0, depth + 1, room ? 1 : 3), tickFormat: "d", domain: [0, depth], labelOffset: 44 };
  const width = () => Math.min(960, document.querySelector("main").clientWidth);
  const style = { fontSize: "13px", background: "transparent", fontFamily: "inherit" };

  // an R2 far below 0 stays out of the picture
  const clip = (v) => Math.max(v, -0.5);

  // a chart is made only where the page has a place for it
  function place(id, plot) {
    const spot = document.getElementById(id);
    if (spot) spot.replaceChildren(typeof plot === "function" ? plot() : plot);
  }
  const grounds = found.grounds;
  const half = () => Math.min(460, width());
  const frame = (more) => ({ style, marginLeft: 55, marginBottom: 48, ...more });

  function byLayer(id, value, estimate, label, floor, rules) {
    const low = clip(Math.min(floor, ...rows.map((r) => r[estimate].low ?? 1), ...rules.map((r) => r.value ?? 1)));
    const labelled = spread(rules, low);
    place(id, Plot.plot({
      width: width(), height: 400, marginRight: width() > 600 ? 190 : 20, marginLeft: 50, marginBottom: 52, style,
      x: axis("layer (0 = embeddings, l = after block l - 1)", width() > 500),
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
    confusion();
    directions();
    evidence();
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
    const labels = [...new Set(found.best.held.map((h) => h.label))].sort();
    place("chart-scores", Plot.plot({
      width: half(), height: 300, style, marginLeft: 45, marginBottom: 48,
      x: { labelOffset: 42, label: "held-out score (log-odds)" }, y: { label: "rows", grid: true },
      color: { domain: labels, range: [hues[1], hues[0], ...hues.slice(2)], legend: true },
      marks: [
        Plot.rectY(found.best.held, Plot.binX({ y2: "count" }, { x: "score", fill: "label", thresholds: 36, fillOpacity: 0.55, mixBlendMode: "normal" })),
        Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "4 3" }), Plot.ruleY([0]),
      ],
    }));
    place("chart-calibration", Plot.plot({
      width: half(), height: 300, style, marginLeft: 45, marginBottom: 48,
      x: { labelOffset: 42, label: "predicted probability", domain: [0, 1] }, y: { label: found.best.byClass.classes.length > 2 ? "share right" : "observed share", domain: [0, 1], grid: true },
      r: { range: [2, 12] },
      marks: [
        Plot.line([[0, 0], [1, 1]], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.6 }),
        Plot.line(found.best.calibration, { x: "predicted", y: "observed", stroke: hues[0] }),
        grounds.calibration ? Plot.line(grounds.calibration.bins, { x: "predicted", y: "observed", stroke: hues[1], strokeDasharray: "6 3" }) : null,
        grounds.calibration ? Plot.dot(grounds.calibration.bins, { x: "predicted", y: "observed", stroke: hues[1], symbol: "diamond", r: 4 }) : null,
        Plot.dot(found.best.calibration, { x: "predicted", y: "observed", r: "count", fill: hues[0], fillOpacity: 0.6 }),
        Plot.tip(found.best.calibration, Plot.pointer({ x: "predicted", y: "observed", title: (d) => `${d.count} rows\npredicted ${d.predicted.toFixed(3)}\nobserved ${d.observed.toFixed(3)}`, fill: "Canvas" })),
      ],
    }));
  }

  function confusion() {
    place("chart-confusion", () => {
      const names = found.best.byClass.classes.map((c) => c.name);
      const cells = found.best.byClass.confusion.flatMap((row, t) => row.map((n, p) => ({ truth: names[t], answer: names[p], n, share: n / d3.sum(row) })));
      const longest = d3.max(names, (n) => n.length), room = half(), margin = Math.min(170, 34 + 6.5 * longest);
      return Plot.plot({
        width: room, height: Math.min(room, margin + 40 + names.length * 34), marginTop: 30, marginLeft: margin, marginBottom: margin, style: { ...style, fontSize: names.length > 20 ? "9px" : "12px" },
        x: { domain: names, label: "answer →", labelAnchor: "right", labelOffset: margin - 6, tickRotate: longest > 3 ? -45 : 0 }, y: { domain: names, label: "↑ true class", labelAnchor: "top", labelArrow: "none" },
        color: { scheme: "Blues", domain: [0, 1] },
        marks: [
          Plot.cell(cells, { x: "answer", y: "truth", fill: "share", inset: 0.5 }),
          names.length <= 12 ? Plot.text(cells, { x: "answer", y: "truth", text: (d) => (d.n ? String(d.n) : ""), fill: (d) => (d.share > 0.5 ? "white" : "black"), fontSize: 10 }) : null,
          Plot.tip(cells, Plot.pointer({ x: "answer", y: "truth", title: (d) => `true ${d.truth}\nanswer ${d.answer}\n${d.n} rows, ${(100 * d.share).toFixed(1)} %`, fill: "Canvas" })),
        ],
      });
    });
  }

  function directions() {
    const names = found.best.cosineLabels;
    const cells = names.flatMap((a, i) => names.map((b, j) => ({ a, b, cos: found.best.cosines[i][j] })));
    heat("chart-cosines", names, cells);
  }

  function heat(id, names, cells) {
    const short = (n) => n.replace(/^[a-z_]+\./, "");
    const room = grounds.stability ? Math.min(560, width()) : Math.min(640, width());
    place(id, () => Plot.plot({
      width: room, height: Math.min(520, room * 0.85), marginLeft: 60, marginBottom: 50, style,
      x: { domain: names, label: "layer", tickFormat: short }, y: { domain: names, label: null, tickFormat: short },
      color: { scheme: "RdBu", domain: [-1, 1], legend: true, label: "cosine" },
      marks: [
        Plot.cell(cells, { x: "b", y: "a", fill: "cos", inset: 0.5 }),
        room > 480 ? Plot.text(cells, { x: "b", y: "a", text: (d) => d.cos.toFixed(2), fill: (d) => (Math.abs(d.cos) > 0.6 ? "white" : "black"), fontSize: room > 600 ? 10 : 8.5 }) : null,
      ],
    }));
  }

  const byDepth = grounds.sites.map((s, i) => ({ ...s, series: family(found.sites[i]), x: s.layer + 1 }));
  const layers = (more) => ({ ...axis("layer (0 = embeddings)", half() > 400), ...more });

  function evidence() {
    bits();
    const code = grounds.code;
    place("chart-code", () => {
      const blocks = code.ends.map((end, i) => ({ from: i ? code.ends[i - 1] : 0, end, bits: code.blocks[i] / (end - (i ? code.ends[i - 1] : 0)) }));
      const blank = code.uniformBits / code.ends[code.ends.length - 1];
      return Plot.plot(frame({
        width: Math.min(720, width()), height: 300,
        x: { label: "rows seen", labelOffset: 42 }, y: { label: "bits a label", domain: [0, Math.max(1.1 * blank, d3.max(blocks, (b) => b.bits))], grid: true },
        marks: [
          Plot.rectY(blocks, { x1: "from", x2: "end", y: "bits", fill: hues[0], fillOpacity: 0.45, insetLeft: 0.5, insetRight: 0.5 }),
          Plot.ruleY([blank], { stroke: "currentColor", strokeDasharray: "6 3" }), Plot.ruleY([0]),
          Plot.tip(blocks, Plot.pointerX({ x: (b) => (b.from + b.end) / 2, y: "bits", title: (b) => `rows ${b.from + 1} to ${b.end}\n${b.bits.toFixed(3)} bits a label`, fill: "Canvas" })),
        ],
      }));
    });
    place("chart-curve", () => Plot.plot(frame({
      width: Math.min(720, width()), height: 320,
      x: { type: "log", label: "rows learnt from", labelOffset: 42, tickFormat: "~s", ticks: 6 }, y: { label: "AUROC, held out", domain: [Math.min(0.5, d3.min(grounds.curve.points, (d) => d.low)), 1], grid: true },
      marks: [
        Plot.areaY(grounds.curve.points, { x: "rows", y1: "low", y2: "high", fill: hues[0], fillOpacity: 0.18 }),
        Plot.ruleY([0.5], { stroke: "currentColor", strokeDasharray: "1 3" }),
        Plot.lineY(grounds.curve.points, { x: "rows", y: "mean", stroke: hues[0], strokeWidth: 2.2 }),
        Plot.dot(grounds.curve.points, { x: "rows", y: "mean", fill: hues[0], r: 3 }),
        Plot.tip(grounds.curve.points, Plot.pointerX({ x: "rows", y: "mean", title: (d) => `${d.rows} rows\n${d.mean.toFixed(3)} [${d.low.toFixed(3)}, ${d.high.toFixed(3)}]`, fill: "Canvas" })),
      ],
    })));
    steadiness();
    norms();
    intervals();
    probes();
  }

  function bits() {
    const known = grounds.information;
    const rules = known ? known.baselines.filter((b) => b.bits !== null && b.bits > -0.5) : [];
    place("chart-bits", () => Plot.plot(frame({
      width: half(), height: 300, x: layers(), y: { label: "bits a row", grid: true, domain: [Math.max(-0.5, Math.min(0, d3.min(byDepth, (d) => d.bits))), Math.max(1, known ? known.entropy : 1)] },
      color: { domain: series, range: series.map(hue), legend: true },
      marks: [
        Plot.ruleY([0]), Plot.ruleY(rules, { y: "bits", stroke: "currentColor", strokeDasharray: "1 3" }),
        Plot.areaY(byDepth, { x: "x", y1: (d) => d.bits - 1.96 * d.error, y2: (d) => d.bits + 1.96 * d.error, fill: "series", fillOpacity: 0.18, z: "series", clip: true }),
        Plot.lineY(byDepth, { x: "x", y: "bits", stroke: "series", strokeWidth: 2.2, z: "series", clip: true }),
        Plot.tip(byDepth, Plot.pointer({ x: "x", y: "bits", title: (d) => `${d.point} @ ${d.position}\n${d.bits.toFixed(3)} ± ${d.error.toFixed(3)} bits`, fill: "Canvas" })),
      ],
    })));
    place("chart-pointwise", () => {
      const all = known.pointwise.map((b, i) => ({ bits: Math.max(b, -6), label: found.best.held[i].label }));
      const labels = [...new Set(all.map((d) => d.label))].sort();
      return Plot.plot(frame({
        width: half(), height: 300, x: { label: "bits of a row (below -6: at -6)", labelOffset: 42 }, y: { label: "rows", grid: true },
        color: { domain: labels, range: labels.map((l, i) => (labels.length === 2 ? hues[1 - i] : hues[i % hues.length])), legend: true },
        marks: [Plot.rectY(all, Plot.binX({ y: "count" }, { x: "bits", fill: "label", thresholds: 36, fillOpacity: 0.7 })), Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "4 3" }), Plot.ruleY([0])],
      }));
    });
  }

  function steadiness() {
    const s = grounds.stability;
    place("chart-stability", () => {
      const kinds = ["halves", "dealt labels", "resamples"];
      const dots = [...s.halves.map((c) => ({ kind: kinds[0], c })), ...s.dealt.map((c) => ({ kind: kinds[1], c })), ...s.bootstraps.map((c) => ({ kind: kinds[2], c }))];
      return Plot.plot(frame({
        width: Math.min(720, width()), height: 190, marginLeft: 110,
        x: { label: "cosine", labelOffset: 42, domain: [Math.min(-0.3, -s.matched95 - 0.02, d3.min(dots, (d) => d.c)), 1], grid: true }, y: { domain: kinds, label: null },
        marks: [
          Plot.ruleX([-s.matched95, s.matched95], { stroke: "currentColor", strokeDasharray: "6 3", strokeOpacity: 0.7 }), Plot.ruleX([0]),
          Plot.dot(dots, { x: "c", y: "kind", fill: (d) => hues[kinds.indexOf(d.kind)], fillOpacity: 0.6, r: 5 }),
          Plot.tickX(dots, Plot.groupY({ x: "mean" }, { x: "c", y: "kind", stroke: "currentColor", strokeWidth: 2 })),
        ],
      }));
    });
    if (s) heat("chart-sigma", s.layers, s.layers.flatMap((a, i) => s.layers.map((b, j) => ({ a, b, cos: s.sigma[i][j] }))));
  }

  function norms() {
    const rows = byDepth.filter((d) => d.logNorm !== null).map((d) => ({ ...d, mean: Math.exp(d.logNorm), high: Math.exp(d.logNorm95) }));
    place("chart-norms", () => Plot.plot(frame({
      width: Math.min(720, width()), height: 300, x: layers(), y: { type: "log", label: "length of a row", grid: true, tickFormat: "~s" },
      color: { domain: series, range: series.map(hue), legend: true },
      marks: [
        Plot.areaY(rows, { x: "x", y1: "mean", y2: "high", fill: "series", fillOpacity: 0.18, z: "series" }),
        Plot.lineY(rows, { x: "x", y: "mean", stroke: "series", strokeWidth: 2.2, z: "series" }), Plot.dot(rows, { x: "x", y: "mean", fill: "series", r: 3 }),
        Plot.tip(rows, Plot.pointer({ x: "x", y: "mean", title: (d) => `${d.point} @ ${d.position}\nmean ${d.mean.toFixed(2)}, ${d.participation.toFixed(1)} dimensions filled`, fill: "Canvas" })),
      ],
    })));
  }

  function intervals() {
    const i = grounds.intervals;
    place("chart-intervals", () => {
      const rows = [["AUROC, BCa by group", i.aurocBca], ["AUROC, DeLong", i.aurocDeLong], [`AUROC less ${i.rival}`, i.difference], [`${metric}, BCa by group`, i.accuracyBca]].map(([name, e]) => ({ name, ...e })).filter((r) => r.value !== null);
      return Plot.plot(frame({
        width: Math.min(720, width()), height: 190, marginLeft: 210, marginRight: 40,
        x: { label: "value with 95 % interval", labelOffset: 42, grid: true, domain: [Math.min(0, d3.min(rows, (r) => r.low)), 1] }, y: { domain: rows.map((r) => r.name), label: null },
        marks: [Plot.ruleX([0]), Plot.ruleY(rows, { y: "name", x1: "low", x2: "high", stroke: hues[0], strokeWidth: 3 }), Plot.dot(rows, { y: "name", x: "value", fill: hues[0], r: 5 })],
      }));
    });
  }

  function probes() {
    place("chart-probes", () => {
      const here = found.sites.map((s, i) => ({ s, i })).filter(({ s }) => s.position === best.position);
      const lines = grounds.probes.flatMap((q) => here.map(({ s, i }) => ({ probe: q.probe, x: s.layer + 1, point: s.point, accuracy: q.accuracies[i] })));
      const names = grounds.probes.map((q) => q.probe);
      return Plot.plot(frame({
        width: Math.min(760, width()), height: 340, x: layers(), y: { label: "accuracy", grid: true, domain: [Math.min(0.5, d3.min(lines, (d) => d.accuracy)), 1] },
        color: { domain: names, range: names.map((n, i) => hues[i % hues.length]), legend: true },
        symbol: { domain: names },
        marks: [
          Plot.lineY(lines, { x: "x", y: "accuracy", stroke: "probe", strokeWidth: 2, z: "probe" }),
          Plot.dot(lines, { x: "x", y: "accuracy", stroke: "probe", symbol: "probe", r: 4 }),
          Plot.tip(lines, Plot.pointer({ x: "x", y: "accuracy", title: (d) => `${d.probe}, ${d.point}\n${d.accuracy.toFixed(3)}`, fill: "Canvas" })),
        ],
      }));
    });
  }
  draw();
  let waiting;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(draw, 150); });
})();
