"use strict";
(() => {
  const found = JSON.parse(document.getElementById("findings").textContent);
  const hues = ["#3b82c4", "#e0762f", "#2a9d77", "#b565a7", "#8f7a1e", "#6b7280"];
  const style = { fontSize: "13px", background: "transparent", fontFamily: "inherit" };
  const width = () => Math.min(960, document.querySelector("main").clientWidth);
  const place = (id, plot) => document.getElementById(id)?.replaceChildren(plot);
  const long = Math.max(...found.names.map((n) => n.length), ...found.together.map((t) => t.name.length), 10);

  function cells(rows, value, scale, label) {
    const flat = rows.flatMap((r) => r.cells.map((c, j) => ({ row: r.name, column: found.names[j], value: value(c) })));
    const side = Math.max(34, Math.min(64, (width() - long * 8) / found.names.length));
    return Plot.plot({
      width: Math.min(width(), long * 8 + 40 + side * found.names.length), height: 130 + 30 * rows.length,
      marginLeft: long * 7.5 + 12, marginTop: 20, marginBottom: 100, style,
      x: { domain: found.names, label: null, tickRotate: -40 },
      y: { domain: rows.map((r) => r.name), label: null },
      color: { ...scale, label, legend: true },
      marks: [
        Plot.cell(flat, { x: "column", y: "row", fill: "value", inset: 1 }),
        Plot.text(flat, { x: "column", y: "row", text: (d) => d.value.toFixed(2), fill: (d) => (scale.dark(d.value) ? "white" : "black"), fontSize: 11 }),
      ],
    });
  }

  function draw() {
    const rows = [
      ...found.names.map((name, i) => ({ name, cells: found.matrix[i] })),
      ...found.together,
      ...(found.leftOut.length ? [{ name: "all others", cells: found.leftOut }] : []),
    ];
    // one half is chance: below it a probe reads the opposite
    const chance = { type: "diverging", pivot: 0.5, domain: [0, 1], scheme: "rdbu", dark: (v) => Math.abs(v - 0.5) > 0.33 };
    for (const measure of ["auroc", "accuracy", "recalibrated"]) {
      place("chart-" + measure, cells(rows, (c) => c[measure], chance, measure === "auroc" ? "AUROC" : measure));
    }
    const alike = { type: "diverging", pivot: 0, domain: [-1, 1], scheme: "rdbu", dark: (v) => Math.abs(v) > 0.66 };
    place("chart-cosines", cells(found.names.map((name, i) => ({ name, cells: found.cosines[i] })), (c) => c, alike, "cosine"));
    const positions = [...new Set(found.layers.map((l) => l.position))];
    const depth = Math.max(...found.layers.map((l) => l.layer)) + 1;
    const points = found.layers.map((l) => ({ ...l, x: l.layer + 1 }));
    place("chart-layers", Plot.plot({
      width: width(), height: 360, marginLeft: 50, marginBottom: 52, style,
      x: { label: "layer (0 = embeddings, l = after block l - 1)", labelOffset: 44, domain: [0, depth], ticks: d3.range(0, depth + 1, width() > 500 ? 1 : 3), tickFormat: "d" },
      y: { label: "AUROC, mean over sets", grid: true, domain: [Math.min(0.4, ...points.map((p) => p.other)), 1] },
      color: { domain: positions, range: hues, legend: true },
      marks: [
        Plot.ruleY([0.5], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "1 3" }),
        Plot.lineY(points, { x: "x", y: "own", stroke: "position", strokeWidth: 2.2 }),
        Plot.lineY(points, { x: "x", y: "other", stroke: "position", strokeWidth: 2.2, strokeDasharray: "6 4" }),
        Plot.dot(points, { x: "x", y: "own", fill: "position", r: 3 }),
        Plot.dot(points, { x: "x", y: "other", stroke: "position", r: 3 }),
        Plot.tip(points, Plot.pointer({ x: "x", y: "own", title: (d) => `${d.point} @ ${d.position}\nown ${d.own.toFixed(3)}, others ${d.other.toFixed(3)}`, fill: "Canvas" })),
      ],
    }));
  }

  draw();
  let pending;
  addEventListener("resize", () => { clearTimeout(pending); pending = setTimeout(draw, 150); });
})();
