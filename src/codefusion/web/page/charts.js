// Charts of a denoising: lines over its steps, and the path of the embeddings. Not for tokens.
"use strict";

Object.assign(codefusion, (() => {
  const { make } = codefusion;
  const WIDTH = 320;
  const HEIGHT = 190;
  const PAD = { left: 34, right: 10, top: 10, bottom: 24 };

  function text(x, y, content, attributes = {}) {
    return make("text", { x, y, ...attributes }, content);
  }

  /** Lines over the steps, one for each candidate; the chosen one is drawn last, and its step. */
  function lineChart(traces, chosen, at, value, most, label, unit) {
    const steps = Math.max(...traces.map((trace) => trace.length));
    const x = (index) =>
      PAD.left + ((WIDTH - PAD.left - PAD.right) * index) / Math.max(steps - 1, 1);
    const y = (number) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - number / most);
    const trace = traces[chosen];
    const here = Math.min(at, trace.length - 1);
    const now = value(trace[here]);
    const svg = make("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${label}: ${now.toFixed(2)} at step ${here + 1}, ${value(trace[0]).toFixed(2)} at first, ${value(trace[trace.length - 1]).toFixed(2)} at last`,
    });
    for (const tick of [0, most / 2, most]) {
      const name = tick.toFixed(Number.isInteger(tick * 10) ? 1 : 2);
      svg.append(
        make("line", { class: "grid", x1: PAD.left, x2: WIDTH - PAD.right, y1: y(tick), y2: y(tick) }),
        text(PAD.left - 5, y(tick) + 3, name, { "text-anchor": "end" }),
      );
    }
    svg.append(
      text(PAD.left, HEIGHT - 6, "step 1"),
      text(WIDTH - PAD.right, HEIGHT - 6, `${steps}`, { "text-anchor": "end" }),
    );
    const order = traces.map((_, index) => index).filter((index) => index !== chosen);
    for (const index of [...order, chosen]) {
      const points = traces[index].map((step, i) => `${x(i)},${y(Math.min(value(step), most))}`);
      svg.append(
        make("polyline", { class: index === chosen ? "line chosen" : "line", points: points.join(" ") }),
      );
    }
    svg.append(
      make("line", { class: "now", x1: x(here), x2: x(here), y1: PAD.top, y2: HEIGHT - PAD.bottom }),
      make("circle", { class: "here", cx: x(here), cy: y(Math.min(now, most)), r: 4 }),
      text(
        Math.min(x(here) + 7, WIDTH - 62),
        Math.max(y(Math.min(now, most)) - 7, 12),
        `${now.toFixed(2)}${unit}`,
        { class: "value" },
      ),
    );
    return svg;
  }

  /** The way of the embeddings through the plane in which those of all candidates differ most. */
  function pathChart(traces, chosen, at) {
    const [cx, cy] = [WIDTH / 2, HEIGHT / 2];
    // One scale for both axes, or distances would lie.
    const widest = Math.max(...traces.flat().map((step) => Math.abs(step.point[0])), 1e-6);
    const highest = Math.max(...traces.flat().map((step) => Math.abs(step.point[1])), 1e-6);
    const scale = Math.min((cx - 12) / widest, (cy - 12) / highest);
    const place = ([x, y]) => [cx + scale * x, cy - scale * y];
    const here = Math.min(at, traces[chosen].length - 1);
    const [px, py] = traces[chosen][here].point;
    const svg = make("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `Path of the embeddings: at step ${here + 1} the program is at ${px.toFixed(2)}, ${py.toFixed(2)}`,
    });
    svg.append(
      make("line", { class: "grid", x1: 0, x2: WIDTH, y1: cy, y2: cy }),
      make("line", { class: "grid", x1: cx, x2: cx, y1: 0, y2: HEIGHT }),
    );
    const order = traces.map((_, index) => index).filter((index) => index !== chosen);
    for (const index of [...order, chosen]) {
      const points = traces[index].map((step) => place(step.point));
      const mine = index === chosen;
      const until = mine ? points.slice(0, here + 1) : points;
      if (mine) svg.append(make("polyline", { class: "line to-come", points: points.join(" ") }));
      svg.append(make("polyline", { class: mine ? "line chosen" : "line", points: until.join(" ") }));
      const [ex, ey] = points[points.length - 1];
      svg.append(make("circle", { class: mine ? "end chosen" : "end", cx: ex, cy: ey, r: 3 }));
      if (mine) points.forEach(([x, y]) => svg.append(make("circle", { class: "stop", cx: x, cy: y, r: 2 })));
    }
    const [x, y] = place(traces[chosen][here].point);
    svg.append(make("circle", { class: "here", cx: x, cy: y, r: 5 }));
    return svg;
  }

  return { lineChart, pathChart };
})());
