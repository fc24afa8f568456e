// A candidate as a card: its program, what is known of it, and what may go wrong when it is run.
// Not for how it changes over its steps (viewer.js).
"use strict";

Object.assign(codefusion, (() => {
  const { make, mean, percent, program } = codefusion;
  const LEVELS = { caution: "Caution", danger: "Danger" };

  /** What a score is the share of; `beams` is how wide the search was, 0 where draws voted. */
  const agreement = (score, beams) =>
    beams ? `${percent(score)} of what was found` : `${percent(score)} of the draws agree`;

  /** What may go wrong, in words; null where nothing is known to. */
  function dangers(candidate, id) {
    if (!candidate.dangers?.length) return null;
    const notes = candidate.dangers.map(({ level, sentence }) =>
      make("li", { class: level }, make("b", {}, `${LEVELS[level]}:`), ` ${sentence}`),
    );
    return make("ul", { class: "dangers", id, "aria-label": "What may go wrong" }, ...notes);
  }

  /** A card with a button that chooses it; `step` is the step of its program that is shown. */
  function card(candidate, index, step, { beams, by, chosen, kept, settled, onchoose }) {
    const sure = mean(step.confidence);
    const facts = [agreement(candidate.score, beams)];
    if (!beams) facts.push(`seed ${candidate.seed}`);
    if (sure !== null) facts.unshift(`${percent(sure)} sure`);
    const valid = candidate.valid ? "valid" : "invalid";
    const notes = dangers(candidate, `dangers-${index}`);
    const button = make(
      "button",
      {
        type: "button",
        class: "choose",
        "data-index": index,
        "aria-pressed": String(chosen),
        "aria-label": `Candidate ${index + 1}, ${valid}: ${step.code}`,
        "aria-describedby": notes && notes.id,
        onclick: onchoose,
      },
      make("span", { class: "rank" }, String(index + 1)),
      make("span", { class: candidate.valid ? "valid" : "valid not" }, valid),
      make("span", { class: "facts" }, facts.join(" · ")),
    );
    return make(
      "li",
      { class: chosen ? "card chosen" : "card" },
      button,
      program(step, by, settled, kept),
      ...(notes ? [notes] : []),
    );
  }

  return { agreement, card };
})());
