// The page: asks the server for programs, shows them as they denoise, and has them revised.
// Not for drawing a denoising (viewer.js), nor for workbooks (workbook.js).
"use strict";

(() => {
  const { agreement, make, program, percent, mean } = codefusion;
  const { ask, events, post } = client;
  const get = (id) => document.getElementById(id);
  let models = [];
  let loading = null; // resolves when the models are known, or why not has been said
  let running = null; // the request that is under way
  let answered = null; // what the programs that are shown were asked for

  // -- Models --------------------------------------------------------------------------------

  async function loadModels() {
    const content = await (await ask("api/models")).json();
    get("key-form").hidden = true;
    models = content.models;
    const options = models.flatMap((model) =>
      model.languages.map((language) => {
        const names = { bash: "Bash", python: "Python", cf: "Excel formatting rule" };
        const option = make("option", { value: JSON.stringify([model.id, language]) });
        option.textContent = `${names[language] ?? language} (${model.id}, ${model.kind})`;
        return option;
      }),
    );
    get("model").replaceChildren(...options);
    const cf = options.find((one) => JSON.parse(one.value)[1] === "cf");
    if (cf) cf.selected = true;
    for (const name of ["n", "samples", "steps"]) get(name).max = content.limits[name];
    modelChosen();
  }

  function chosenModel() {
    const [id, language] = JSON.parse(get("model").value);
    return { model: models.find((one) => one.id === id), language };
  }

  function modelChosen() {
    const { model, language } = chosenModel();
    get("columns-field").hidden = language !== "cf";
    get("guidance").disabled = !model.guidance;
    get("steps").disabled = model.kind === "left-to-right";
    get("steps").title = get("steps").disabled ? "It takes a step for each token" : "";
    get("watch-field").hidden = !model.search;
    // Who comes to a diffusion model's page comes to see it denoise.
    get("watch").checked = model.kind === "diffusion";
    searchChosen();
  }

  function searchChosen() {
    const { model } = chosenModel();
    for (const name of ["samples", "seed"]) {
      get(name).disabled = searches(model);
      get(name).title = searches(model) ? "It searches, and draws nothing" : "";
    }
  }

  /** Whether a model is to search: to be watched, it must draw. */
  const searches = (model) => model.search && !get("watch").checked;

  // -- Generating ----------------------------------------------------------------------------

  function request() {
    const { model, language } = chosenModel();
    const number = (id) => Number(get(id).value);
    const columns = get("columns").value.split(",").map((one) => one.trim()).filter(Boolean);
    return {
      prompt: get("prompt").value.trim(),
      model: model.id,
      language,
      n: number("n"),
      samples: Math.max(number("samples"), number("n")),
      steps: number("steps"),
      seed: number("seed"),
      ...(model.guidance ? { guidance: number("guidance") } : {}),
      ...(language === "cf" && columns.length ? { columns } : {}),
      trace: !searches(model),
      stream: !searches(model),
    };
  }

  function busy(on) {
    get("generate").disabled = on;
    get("stop").hidden = !on;
    get("revise").querySelector("button.main").disabled = on;
  }

  /** Ask for programs and show them; `kept` are texts that all of them hold. */
  async function generate(asked, kept = []) {
    running?.abort();
    const mine = (running = new AbortController());
    busy(true);
    get("problem").textContent = "";
    get("status").textContent = asked.stream ? "Denoising …" : "Searching …";
    try {
      const response = await post("api/generate", asked, mine.signal);
      if (!asked.stream) {
        showResult(await response.json(), asked, kept);
        return;
      }
      let steps = 0;
      let done = false;
      for await (const [name, content] of events(response)) {
        if (name === "step") showLive(content, (steps += 1));
        if (name === "error") throw new Error(content.error.message);
        if (name === "result") {
          showResult(content, asked, kept);
          done = true;
        }
      }
      if (!done) throw new Error("The server went away before its answer was complete.");
    } catch (error) {
      if (mine === running) {
        get("status").textContent = error.name === "AbortError" ? "Stopped." : "";
        if (error.name !== "AbortError") get("problem").textContent = error.message;
      }
    } finally {
      if (mine === running) {
        running = null;
        get("live").hidden = true;
        busy(false);
      }
    }
  }

  function showLive(content, number) {
    get("live").hidden = false;
    viewer.root.replaceChildren();
    get("revise").hidden = true;
    if (number === 1) get("status").textContent = `Denoising ${content.rows.length} draws …`;
    const cards = content.rows.map((row) => {
      const sure = mean(row.confidence);
      const facts = `seed ${row.seed}` + (sure === null ? "" : ` · ${percent(sure)} sure`);
      const step = { entropy: [], ...row, step: content.step };
      return make(
        "li",
        { class: "card" },
        make("span", { class: "facts" }, facts),
        program(step, "confidence"),
      );
    });
    get("live").replaceChildren(...cards);
  }

  function showResult(content, asked, kept) {
    const { beams, candidates } = content;
    const count = candidates.length;
    const said = [`${count} different program${count === 1 ? "" : "s"}`];
    if (count) said[0] += `; the first: ${agreement(candidates[0].score, beams)}`;
    const noted = candidates.filter((one) => one.dangers.length).length;
    if (noted) said.push(`Read what may go wrong: there are notes at ${noted} of them`);
    if (kept.length) said.push(`Kept: ${kept.join(" … ")}`);
    get("live").hidden = true;
    get("status").textContent = kept.length ? said.join(". ") : `${said.join(". ")}.`;
    answered = { asked, content };
    const model = models.find((one) => one.id === content.model);
    viewer.show(content, model?.kind === "diffusion" ? "noise" : "still open");
    showPins(0);
  }

  // -- Revising ------------------------------------------------------------------------------

  function showPins(index) {
    const { content } = answered;
    const model = models.find((one) => one.id === content.model);
    const candidate = content.candidates[index];
    const tokens = candidate?.trace?.at(-1)?.tokens ?? [];
    get("revise").hidden = !model?.revise || tokens.join("") !== candidate.code;
    if (get("revise").hidden) return;
    get("revised").textContent = index + 1;
    const held = codefusion.kept(candidate);
    const buttons = tokens.map((token, place) =>
      make(
        "button",
        {
          type: "button",
          "aria-pressed": String(held[place]),
          "aria-label": token.trim() ? `keep ${token}` : "keep the space",
          onclick: (event) => {
            const pressed = event.target.getAttribute("aria-pressed") === "true";
            event.target.setAttribute("aria-pressed", String(!pressed));
          },
        },
        codefusion.shown(token),
      ),
    );
    get("pins").replaceChildren(...buttons);
  }

  const buttons = () => [...get("pins").children];
  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

  /** The runs of pressed tokens, as [first, end) of the tokens. */
  function runs(pressed) {
    const found = [];
    pressed.forEach((on, index) => {
      if (on && pressed[index - 1]) found.at(-1)[1] = index + 1;
      else if (on) found.push([index, index + 1]);
    });
    return found;
  }

  /** Where the server finds texts that are to be kept: the longest choose first, each an untaken
      place, whole words, one right of the text before it, then the leftmost. */
  function places(code, texts) {
    const taken = new Map();
    const order = [...texts.keys()].sort((a, b) => [...texts[b]].length - [...texts[a]].length);
    for (const index of order) {
      const text = texts[index];
      const [, before] = taken.get(index - 1) ?? [0, 0];
      const found = [];
      for (let at = code.indexOf(text); at >= 0; at = code.indexOf(text, at + text.length)) {
        const end = at + text.length;
        const overlaps = [...taken.values()].some(([from, to]) => at < to && from < end);
        const word = (place) => /[\p{L}\p{N}]{2}/u.test(code.slice(place - 1, place + 1));
        const cuts = (at > 0 && word(at)) || (end < code.length && word(end));
        found.push({ at, cost: 4 * overlaps + 2 * cuts + (at < before) });
      }
      const best = found.reduce((one, other) => (other.cost < one.cost ? other : one));
      taken.set(index, [best.at, best.at + text.length]);
    }
    return texts.map((_, index) => taken.get(index)[0]);
  }

  /** The texts to keep; a token that stands at several places takes its neighbours with it. */
  function kept(tokens, code) {
    const pressed = buttons().map(isPressed);
    for (;;) {
      const spans = runs(pressed);
      const raw = spans.map(([first, end]) => tokens.slice(first, end).join(""));
      const texts = raw.map((text) => text.trim());
      const wanted = spans.map(([first], index) => {
        const lead = raw[index].length - raw[index].trimStart().length;
        return tokens.slice(0, first).join("").length + lead;
      });
      const blank = texts.findIndex((text) => !text);
      const found = blank < 0 ? places(code, texts) : [];
      const wrong = blank < 0 ? found.findIndex((at, index) => at !== wanted[index]) : blank;
      if (wrong < 0) return texts;
      const [first, end] = spans[wrong];
      const more = first > 0 ? first - 1 : end;
      if (more >= tokens.length) return texts;
      pressed[more] = true;
      buttons()[more].setAttribute("aria-pressed", "true");
    }
  }

  function revise() {
    const candidate = answered.content.candidates[viewer.chosen];
    const keep = kept(candidate.trace.at(-1).tokens, candidate.code);
    const strength = Number(get("strength").value) / 100;
    generate({ ...answered.asked, draft: candidate.code, keep, strength }, keep);
  }

  // -- Tabs, and what happens when ------------------------------------------------------------

  const tabs = [...document.querySelectorAll("[role=tab]")];

  function openTab(tab) {
    for (const one of tabs) {
      const open = one === tab;
      one.setAttribute("aria-selected", String(open));
      one.tabIndex = open ? 0 : -1;
      get(one.getAttribute("aria-controls")).hidden = !open;
    }
  }

  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => openTab(tab));
    tab.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      const next = tabs[(index + move + tabs.length) % tabs.length];
      openTab(next);
      next.focus();
    });
  });

  const viewer = new codefusion.Viewer(get("viewer"), { onchoose: showPins });
  get("model").addEventListener("change", modelChosen);
  get("watch").addEventListener("change", searchChosen);
  get("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    await loading; // somebody may be quicker than the list of models
    if (!models.length) await start();
    if (models.length) generate(request());
  });
  get("prompt").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    get("ask").requestSubmit();
  });
  get("stop").addEventListener("click", () => running?.abort());
  get("strength").addEventListener("input", () => {
    get("strength-shown").textContent = `${get("strength").value} %`;
  });
  get("revise").addEventListener("submit", (event) => {
    event.preventDefault();
    revise();
  });
  get("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    client.setKey(get("key").value);
    start();
  });

  function start() {
    get("problem").textContent = "";
    loading = loadModels().catch((error) => {
      get("problem").textContent = error.message;
    });
    return loading;
  }

  client.whenRefused(() => {
    get("key-form").hidden = false;
  });
  start();
})();
