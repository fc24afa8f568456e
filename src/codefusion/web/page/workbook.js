// The workbook tab: which cells each rule colours, and a copy of the workbook with one of them.
// Not for asking the server (client.js) or for programs.
"use strict";

(() => {
  const { make, percent } = codefusion;
  const get = (id) => document.getElementById(id);
  let preview = null;

  // -- Cells ---------------------------------------------------------------------------------

  const number = (letters) =>
    [...letters].reduce((sum, one) => sum * 26 + one.charCodeAt(0) - 64, 0);

  function letters(column) {
    const rest = Math.floor((column - 1) / 26);
    return (rest ? letters(rest) : "") + String.fromCharCode(65 + ((column - 1) % 26));
  }

  /** An area such as B2:C5 as its first and last column and row, from 1. */
  function area(name) {
    const [, left, top, right, bottom] = name.match(/^([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$/);
    return {
      left: number(left),
      top: Number(top),
      right: number(right ?? left),
      bottom: Number(bottom ?? top),
    };
  }

  const within = (areas) => (column, row) =>
    areas.some(
      (one) => one.left <= column && column <= one.right && one.top <= row && row <= one.bottom,
    );

  // -- Preview -------------------------------------------------------------------------------

  function form(fields) {
    const data = new FormData();
    data.append("book", get("book").files[0]);
    for (const id of ["sheet", "range"]) if (get(id).value.trim()) data.append(id, get(id).value.trim());
    if (get("whole").value) data.append("whole_rows", get("whole").value);
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  }

  /** Do what may fail, and say so on the page if it does. */
  async function attempt(doing, work) {
    get("book-problem").textContent = "";
    get("book-status").textContent = doing;
    try {
      get("book-status").textContent = await work();
    } catch (error) {
      get("book-status").textContent = "";
      get("book-problem").textContent = error.message;
    }
  }

  async function ask() {
    get("previewed").hidden = true;
    const body = form({ utterance: get("say").value.trim() });
    preview = await (await client.ask("api/workbook/preview", { method: "POST", body })).json();
    const refused = preview.refused.map((one) => `${one.rule}: ${one.reason}`);
    if (!preview.candidates.length) {
      throw new Error(["No rule that can be written was found.", ...refused].join(" "));
    }
    get("previewed").hidden = false;
    get("rules").replaceChildren(get("rules").querySelector("legend"), ...preview.candidates.map(rule));
    draw();
    const count = preview.candidates.length;
    const notes = [...preview.notes, ...refused.map((one) => `Left out: ${one}`)];
    return [`${count} rule${count === 1 ? "" : "s"} for ${preview.sheet}, ${preview.range}.`, ...notes].join(" ");
  }

  function rule(one, index) {
    const input = make("input", { type: "radio", name: "rule", value: index, onchange: draw });
    input.checked = index === 0;
    const used = [...one.rule.matchAll(/c\[(\d+)\]/g)].map(([, column]) => Number(column));
    const names = [...new Set(used)].map((column) => `c[${column}] is ${preview.columns[column]?.name}`);
    const facts = [one.shades ? "shades all by value" : `colours ${one.coloured} cells`, ...names];
    if (one.score !== null) facts.push(`score ${percent(one.score)}`);
    return make("label", {}, input, make("code", {}, one.rule), make("span", { class: "facts" }, facts.join(" · ")));
  }

  const chosen = () => preview.candidates[Number(get("rules").querySelector(":checked").value)];

  function draw() {
    const { left, top, bottom } = area(preview.range);
    const coloured = within(chosen().cells.map(area));
    const apart = within(preview.disagreement.map(area));
    const head = make("tr", {}, make("th", { scope: "col" }, "row"));
    preview.columns.forEach((column) => head.append(make("th", { scope: "col" }, column.name || column.letters)));
    const body = make("tbody");
    preview.rows.forEach((cells, index) => {
      const row = top + index;
      const line = make("tr", {}, make("th", { scope: "row" }, String(row)));
      cells.forEach((cell, place) => {
        const marks = [];
        if (coloured(left + place, row)) marks.push("coloured");
        if (apart(left + place, row)) marks.push("apart");
        if (["number", "percent"].includes(preview.columns[place]?.type)) marks.push("number");
        const hidden = marks[0] === "coloured" ? make("span", { class: "hidden" }, " (coloured)") : "";
        line.append(
          make("td", { class: marks.join(" "), "data-cell": letters(left + place) + row }, cell, hidden),
        );
      });
      body.append(line);
    });
    get("cells").dataset.style = get("style").value;
    get("cells").replaceChildren(make("table", {}, make("thead", {}, head), body));
    const rows = bottom - top + 1;
    const notes = [];
    if (preview.rows.length < rows) notes.push(`The first ${preview.rows.length} of ${rows} rows are shown.`);
    if (preview.disagreement.length) notes.push("Outlined cells: the rules disagree about them.");
    if (chosen().shades) notes.push("This rule shades every cell of its range by its value.");
    get("sheet-note").textContent = notes.join(" ");
  }

  // -- Download ------------------------------------------------------------------------------

  async function download() {
    const body = form({ rule: chosen().rule, style: get("style").value });
    const response = await client.ask("api/workbook/apply", { method: "POST", body });
    const name = get("book").files[0].name.replace(/(\.xls[xm])?$/i, (end) => `.codefusion${end || ".xlsx"}`);
    const link = make("a", { href: URL.createObjectURL(await response.blob()), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return `Downloaded ${name}; the workbook that you gave is unchanged.`;
  }

  get("book-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt("Reading the workbook, asking the model …", ask);
  });
  get("download").addEventListener("click", () => attempt("Writing …", download));
  get("style").addEventListener("change", () => preview && draw());
  // What is shown must be what would be written.
  for (const id of ["book", "sheet", "range", "whole"]) {
    get(id).addEventListener("change", () => {
      get("previewed").hidden = true;
    });
  }
})();
