// Shows how programs condensed: cards, a timeline to scrub, what each token and the whole did.
// Used by the page and by exported traces. Not for asking a server: that is app.js.
"use strict";

const codefusion = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  // What is sure from where on: the surest shades lie close, as trained models are mostly sure.
  const LEVELS = [0, 0.25, 0.5, 0.75, 0.9, 0.97];
  const MOST_BITS = 4; // an entropy of so many bits is shown as the least sure
  const PLAY_MS = 500;

  // -- Elements ------------------------------------------------------------------------------

  /** Make an element with attributes; `on...` are listeners, texts and elements its content. */
  function make(tag, attributes = {}, ...content) {
    const svg = ["svg", "polyline", "circle", "line", "text", "title", "g", "path"].includes(tag);
    const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null) element.setAttribute(name, value);
    }
    element.append(...content);
    return element;
  }

  const percent = (share) => `${Math.round(share * 100)} %`;
  const mean = (values) =>
    values.length ? values.reduce((sum, one) => sum + one, 0) / values.length : null;

  /** White space made visible, in a token that is nothing else. */
  function shown(token) {
    if (token.trim()) return token.replace(/\n/g, "↵").replace(/\t/g, "⇥");
    return token.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥") || "·";
  }

  /** How a token is called where white space says nothing, as to a screen reader. */
  function spoken(token) {
    const names = { "": "part of a character", " ": "space", "\n": "line end", "\t": "tab" };
    return token in names ? names[token] : token;
  }

  /** The class of a token's shade, from s0 where it is unsure. */
  function shade(step, index, by) {
    const sure =
      by === "entropy" && step.entropy.length
        ? 1 - Math.min(step.entropy[index] / MOST_BITS, 1)
        : step.confidence[index];
    return `s${LEVELS.findLastIndex((least) => sure >= least)}`;
  }

  /** The step from which each token of the last step stands, from 1. */
  function settling(trace) {
    const last = trace[trace.length - 1];
    return last.tokens.map((token, place) => {
      let from = trace.length;
      while (from > 1 && trace[from - 2].tokens[place] === token) from -= 1;
      return from;
    });
  }

  /** Which tokens, by number, hold characters that were kept in a revision. */
  function kept(candidate) {
    const tokens = candidate.trace?.at(-1)?.tokens ?? [];
    let start = 0;
    return tokens.map((token) => {
      const from = start;
      start += [...token].length; // the server counts characters, not halves of them
      return (candidate.pinned ?? []).some(([first, end]) => from < end && first < start);
    });
  }

  function tokenTitle(step, index, settled, isKept) {
    if (isKept) return "kept";
    const parts = [`${percent(step.confidence[index])} sure`];
    if (step.entropy.length) parts.push(`${step.entropy[index].toFixed(2)} bits`);
    if (settled) parts.push(`stands from step ${settled} on`);
    return parts.join(", ");
  }

  /** A program's tokens as they are at one step; the text alone where there are no tokens. */
  function program(step, by, settled = [], pinned = []) {
    const code = make("code", { class: "program" });
    step.tokens.forEach((token, index) => {
      const stands = settled[index] !== undefined && step.step >= settled[index];
      code.append(
        make(
          "span",
          {
            class: `token ${shade(step, index, by)}${stands ? " stands" : ""}${pinned[index] ? " kept" : ""}`,
            title: tokenTitle(step, index, settled[index], pinned[index]),
          },
          shown(token),
        ),
      );
    });
    if (!step.tokens.length) code.append(step.code || "(empty)");
    return code;
  }

  // -- Charts --------------------------------------------------------------------------------

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

  // -- The viewer ----------------------------------------------------------------------------

  /** Shows one answer in `root`. `onchoose(index)` is called when another candidate is chosen. */
  class Viewer {
    constructor(root, { onchoose = () => {} } = {}) {
      this.root = root;
      this.onchoose = onchoose;
      this.timer = null;
      this.by = "confidence";
    }

    /**
     * Show an answer of the API: {candidates: [{code, score, valid, seed, trace}]}. `measure` is
     * what its noise levels are shares of, where that is not noise.
     */
    show(answer, measure = "noise") {
      this.pause();
      this.measure = measure;
      this.candidates = answer.candidates;
      this.traces = answer.candidates.map((one) => one.trace || []);
      this.settled = this.traces.map((trace) => (trace.length ? settling(trace) : []));
      this.kept = answer.candidates.map(kept);
      this.steps = Math.max(0, ...this.traces.map((trace) => trace.length));
      this.at = Math.max(this.steps - 1, 0);
      this.chosen = 0;
      this._build();
      this._draw();
    }

    get traced() {
      return this.steps > 0 && this.traces.every((trace) => trace.length > 0);
    }

    /** The step of a candidate that is shown; programs that are done earlier stay. */
    stepOf(index) {
      const trace = this.traces[index];
      const { code } = this.candidates[index];
      if (!trace.length) return { step: 0, code, tokens: [], confidence: [], entropy: [] };
      return trace[Math.min(this.at, trace.length - 1)];
    }

    go(at) {
      this.at = Math.min(Math.max(at, 0), this.steps - 1);
      this._draw();
    }

    choose(index) {
      this.chosen = index;
      this._draw();
      this.onchoose(index);
    }

    play() {
      if (this.timer !== null) return this.pause();
      if (this.at === this.steps - 1) this.go(0);
      this.timer = setInterval(() => {
        this.go(this.at + 1);
        if (this.at === this.steps - 1) this.pause();
      }, PLAY_MS);
      this._drawButton();
      return undefined;
    }

    pause() {
      if (this.timer !== null) clearInterval(this.timer);
      this.timer = null;
      if (this.button) this._drawButton();
    }

    _build() {
      this.cards = make("ol", { class: "cards", "aria-label": "Candidates, the best first" });
      this.details = make("div", { class: "details" });
      this.says = make("p", { class: "hidden", role: "status" });
      this.root.replaceChildren();
      if (this.traced) this.root.append(this._timeline());
      this.root.append(this.cards, this.details, this.says);
    }

    _timeline() {
      this.button = make("button", { type: "button", class: "play", onclick: () => this.play() });
      this.slider = make("input", {
        type: "range",
        min: 1,
        max: this.steps,
        value: this.at + 1,
        "aria-label": "Denoising step",
        oninput: (event) => {
          this.pause();
          this.go(Number(event.target.value) - 1);
        },
      });
      this.where = make("span", { class: "where" });
      this.slider.disabled = this.steps < 2;
      this.button.disabled = this.steps < 2;
      this._drawButton();
      return make(
        "div",
        { class: "timeline" },
        this.button,
        this.slider,
        this.where,
        this._shading(),
      );
    }

    _shading() {
      const choice = (value, label) => {
        const input = make("input", {
          type: "radio",
          name: "shading",
          value,
          onchange: () => {
            this.by = value;
            this._draw();
          },
        });
        input.checked = this.by === value;
        return make("label", {}, input, label);
      };
      const scale = LEVELS.map((least, level) =>
        make("span", {
          class: `swatch s${level}`,
          title: `${percent(least)} and more`,
          "aria-hidden": "true",
        }),
      );
      return make(
        "fieldset",
        { class: "shading" },
        make("legend", {}, "Shade by"),
        choice("confidence", "confidence"),
        choice("entropy", "entropy"),
        make("span", { class: "scale" }, "unsure", ...scale, "sure"),
      );
    }

    _drawButton() {
      const playing = this.timer !== null;
      this.button.textContent = playing ? "❚❚" : "▶";
      this.button.setAttribute("aria-label", playing ? "Pause" : "Play the denoising");
    }

    _draw() {
      const focused = this.cards.contains(document.activeElement)
        ? document.activeElement.dataset.index
        : null;
      this.cards.replaceChildren(...this.candidates.map((one, index) => this._card(one, index)));
      if (focused !== null) this.cards.querySelector(`[data-index="${focused}"]`).focus();
      if (!this.traced) return;
      const step = this.stepOf(this.chosen);
      const noise = percent(step.noise_level);
      this.slider.value = this.at + 1;
      const where = `step ${this.at + 1} of ${this.steps}, ${noise} ${this.measure}`;
      this.slider.setAttribute("aria-valuetext", where);
      this.where.textContent = where;
      if (this.timer === null) this.says.textContent = `${where}: ${step.code}`;
      this._drawDetails();
    }

    _card(one, index) {
      const step = this.stepOf(index);
      const chosen = index === this.chosen;
      const sure = mean(step.confidence);
      const facts = [`${percent(one.score)} of the draws agree`, `seed ${one.seed}`];
      if (sure !== null) facts.unshift(`${percent(sure)} sure`);
      const button = make(
        "button",
        {
          type: "button",
          class: "choose",
          "data-index": index,
          "aria-pressed": String(chosen),
          "aria-label": `Candidate ${index + 1}, ${one.valid ? "valid" : "invalid"}: ${step.code}`,
          onclick: () => this.choose(index),
        },
        make("span", { class: "rank" }, String(index + 1)),
        make("span", { class: one.valid ? "valid" : "valid not" }, one.valid ? "valid" : "invalid"),
        make("span", { class: "facts" }, facts.join(" · ")),
      );
      return make(
        "li",
        { class: chosen ? "card chosen" : "card" },
        button,
        program(step, this.by, this.settled[index], this.kept[index]),
      );
    }

    _drawDetails() {
      const traces = this.traces;
      const bits = (step) => mean(step.entropy) ?? 0;
      const mostBits = Math.max(0.5, ...traces.flat().map(bits));
      const figure = (title, note, svg) =>
        make("figure", {}, make("figcaption", {}, make("b", {}, title), ` ${note}`), svg);
      const scrolled = this.details.querySelector(".scroll")?.scrollTop ?? 0;
      this.details.replaceChildren(
        this._stepsTable(),
        make(
          "div",
          { class: "figures" },
          figure(
            "Edit distance",
            "to the final program",
            lineChart(traces, this.chosen, this.at, (step) => step.distance, 1, "Edit distance to the final program", ""),
          ),
          figure(
            "Entropy",
            "mean of the tokens, in bits",
            lineChart(traces, this.chosen, this.at, bits, mostBits, "Mean entropy", " bits"),
          ),
          figure(
            "Path",
            "of the embeddings (PCA)",
            pathChart(traces, this.chosen, this.at),
          ),
        ),
        this._tokensTable(),
      );
      this.details.querySelector(".scroll").scrollTop = scrolled;
    }

    /** A row for each step, a cell for each token: how the chosen program came to be. */
    _stepsTable() {
      const trace = this.traces[this.chosen];
      const settled = this.settled[this.chosen];
      const here = Math.min(this.at, trace.length - 1);
      const body = make("tbody");
      trace.forEach((step, row) => {
        const line = make(
          "tr",
          { class: row === here ? "now" : "", "aria-current": row === here ? "step" : null },
          make("th", { scope: "row" }, `${step.step} · ${percent(step.noise_level)}`),
        );
        line.addEventListener("click", () => this.go(row));
        step.tokens.forEach((token, index) => {
          line.append(
            make(
              "td",
              {
                class: shade(step, index, this.by) + (settled[index] === step.step ? " settles" : ""),
                title: tokenTitle(step, index, settled[index]),
              },
              shown(token),
            ),
          );
        });
        body.append(line);
      });
      return make(
        "div",
        { class: "steps" },
        make(
          "p",
          { id: "steps-caption" },
          make("b", {}, `Candidate ${this.chosen + 1}, step by step:`),
          " the stronger the colour, the surer; a dot marks where a token settles",
        ),
        make(
          "div",
          { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "steps-caption" },
          make("table", { "aria-labelledby": "steps-caption" }, body),
        ),
      );
    }

    /** The numbers of every token at the step that is shown. */
    _tokensTable() {
      const step = this.stepOf(this.chosen);
      const settled = this.settled[this.chosen];
      const bar = (share) => {
        const inner = make("span", { class: "fill" });
        inner.style.inlineSize = percent(Math.min(Math.max(share, 0), 1)).replace(" ", "");
        return make("span", { class: "bar", "aria-hidden": "true" }, inner);
      };
      const rows = step.tokens.map((token, index) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, make("code", {}, shown(token)), make("span", { class: "hidden" }, token.trim() ? "" : ` ${spoken(token)}`)),
          make("td", {}, bar(step.confidence[index]), percent(step.confidence[index])),
          make("td", {}, bar((step.entropy[index] ?? 0) / MOST_BITS), (step.entropy[index] ?? 0).toFixed(2)),
          make("td", {}, settled[index] === undefined ? "–" : String(settled[index])),
        ),
      );
      const heads = ["token", "confidence", "entropy, bits", "stands from step"];
      return make(
        "details",
        { class: "tokens", open: this.tokensOpen === true, ontoggle: (event) => { this.tokensOpen = event.target.open; } },
        make("summary", {}, `Tokens at step ${step.step}, in numbers`),
        make(
          "table",
          {},
          make("thead", {}, make("tr", {}, ...heads.map((one) => make("th", { scope: "col" }, one)))),
          make("tbody", {}, ...rows),
        ),
      );
    }
  }

  return { Viewer, kept, make, mean, percent, program, shown };
})();
