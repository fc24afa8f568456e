// Shows how programs condensed: cards, a timeline to scrub, what each token and the whole did.
// Used by the page and by exported traces. Not for asking a server: that is app.js.
"use strict";

Object.assign(codefusion, (() => {
  const { LEVELS, MOST_BITS, card, kept, lineChart, make, mean, pathChart, percent } = codefusion;
  const { settling, shade, shown, spoken, tokenTitle } = codefusion;
  const PLAY_MS = 500;

  /** Shows one answer in `root`. `onchoose(index)` is called when another candidate is chosen. */
  class Viewer {
    constructor(root, { onchoose = () => {} } = {}) {
      this.root = root;
      this.onchoose = onchoose;
      this.timer = null;
      this.by = "confidence";
    }

    /**
     * Show an answer of the API: {beams, candidates: [{code, score, valid, seed, dangers, trace}]}.
     * `measure` is what its noise levels are shares of, where that is not noise.
     */
    show(answer, measure = "noise") {
      this.pause();
      this.measure = measure;
      this.beams = answer.beams ?? 0;
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
      return card(one, index, this.stepOf(index), {
        beams: this.beams,
        by: this.by,
        chosen: index === this.chosen,
        kept: this.kept[index],
        settled: this.settled[index],
        onchoose: () => this.choose(index),
      });
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

  return { Viewer };
})());
