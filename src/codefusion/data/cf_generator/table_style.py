"""Orders about a real table: "Highlight employees whose salary is above 5000".

The table dialect: every rule names its column as `c[k]`; conjunctions carry a space."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from codefusion.data.cf_generator import dates, table_numbers, table_texts
from codefusion.data.cf_generator.rules import COMPARISONS, call, negated
from codefusion.data.cf_generator.table_book import (
    BOOK,
    RELATIONS,
    Drawn,
    column_slots,
    mention,
    pick_column,
    threshold,
)
from codefusion.data.cf_generator.table_texts import held_text
from codefusion.data.cf_generator.tables import Sheet
from codefusion.data.weighted import Weighted

_EDGES = (("starts with", "StartsWith"), ("ends with", "EndsWith"))


def _condition(rng: Random, sheet: Sheet, index: int) -> Drawn:
    """One half of a conjunction: what is said about the column, and its rule."""
    column = sheet.columns[index]
    said = mention(rng, column)
    if column.kind == "number":
        kind, value = int(rng.random() * 2.5), threshold(rng, column)
        rule = call(COMPARISONS[kind], f"c[{index}]", value)
        phrase = BOOK.expand(rng, f"is {RELATIONS[kind]} {{x}}", {"x": value})
        return f"{said} {phrase}", rule
    if column.kind == "date":
        name, period = dates.period(rng)
        return f"{said} is {BOOK.expand(rng, period, {})}", call(name, f"c[{index}]")
    if rng.random() < 0.15:
        blank, rule = BOOK.expand(rng, "[blank|empty]", {}), call("Blanks", f"c[{index}]")
        if rng.random() < 0.4:
            return f"{said} is not {blank}", negated(rule)
        return f"{said} is {blank}", rule
    value = held_text(rng, sheet, index)
    if column.kind == "text" and rng.random() < 0.6:
        verb, name = (
            ("contains", "TextContains") if rng.random() < 0.6 else _EDGES[rng.random() < 0.4]
        )
        return f"{said} {verb} {value}", call(name, f"c[{index}]", f"'{value}'")
    return f"{said} is {value}", call("TextEquals", f"c[{index}]", f"'{value}'")


def _joined(rng: Random, sheet: Sheet) -> Drawn | None:
    positions = sheet.indices("number", "category", "date", "text")
    if len(positions) < 2:
        return None
    chosen = rng.sample(positions, 2)
    said, rules = zip(*(_condition(rng, sheet, index) for index in chosen), strict=True)
    name, word = (
        ("AND", "[and|and|and if|and the]") if rng.random() < 0.75 else ("OR", "[or|or if]")
    )
    pattern = (
        f"<verb> {{s}} [whose|where|if] {{a}} {word} {{b}}|"
        f"<verb> <cells> [where|if] [the |]{{a}} {word} {{b}}"
    )
    slots = {"s": sheet.subject, "a": said[0], "b": said[1]}
    return BOOK.expand(rng, pattern, slots), call(name, *rules)


def _alternatives(rng: Random, sheet: Sheet) -> Drawn | None:
    """One of two texts in one column."""
    index = pick_column(rng, sheet, "category", "category", "text")
    if index is None:
        return None
    first, second = held_text(rng, sheet, index), held_text(rng, sheet, index)
    if first == second or "'" in first + second:
        return None
    pattern = (
        "<verb> {s} [classified as|marked as|that are|which are] [either |]{x} or {y}<tail>|"
        "<verb> {s} [whose|where|with] {h} [is |is |]{x} or {y}<tail>|"
        "<verb> <cells> where {h} is [either |]{x} or {y}<tail>|"
        "<verb> {s} [whose|where] {h} is either {x} or {y}<tail>|"
        "<verb> {x} or {y} <in column><tail>"
    )
    if sheet.columns[index].kind == "category":
        pattern += "|<verb> [all |]{x} [and|or] {y} {s}<tail>"
    rules = [call("TextEquals", f"c[{index}]", f"'{text}'") for text in (first, second)]
    slots = column_slots(rng, sheet, index) | {"x": first, "y": second}
    return BOOK.expand(rng, pattern, slots), call("OR", *rules)


Maker = Callable[[Random, Sheet], Drawn | None]
# Weights follow the rows of train that come with a table.
STYLE: Weighted[Maker] = Weighted(
    [
        (27, table_numbers.compared),
        (5, table_numbers.between),
        (17, table_numbers.ranked),
        (11, table_numbers.average),
        (15, table_numbers.visual),
        (9, table_texts.equals),
        (9, table_texts.contains),
        (17, table_texts.presence),
        (3, table_numbers.number_equals),
        (2, table_numbers.two_columns),
        # People ask for these more often than the benchmark does, and the first takes longest.
        (50, _joined),
        (12, _alternatives),
        (12, dates.occurring),
    ]
)
