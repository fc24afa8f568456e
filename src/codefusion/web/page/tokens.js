// Tokens as they are shown: their elements, shades and words. Not for programs over time (viewer.js).
"use strict";

const codefusion = {};

Object.assign(codefusion, (() => {
  const SVG = "http://www.w3.org/2000/svg";
  // What is sure from where on: the surest shades lie close, as trained models are mostly sure.
  const LEVELS = [0, 0.25, 0.5, 0.75, 0.9, 0.97];
  const MOST_BITS = 4; // an entropy of so many bits is shown as the least sure

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

  const percent = (share) => (share > 0 && share < 0.005 ? "<1 %" : `${Math.round(share * 100)} %`);
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

  return { LEVELS, MOST_BITS, kept, make, mean, percent, program, settling, shade, shown, spoken, tokenTitle };
})());
