"""Orders about a real table: "Highlight employees whose salary is above 5000".

The table dialect: every rule names its column as `c[k]`; conjunctions carry a space."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from codefusion.data.cf_generator import table_numbers, table_texts
from codefusion.data.cf_generator.rules import COMPARISONS, call
from codefusion.data.cf_generator.sampling import Weighted
from codefusion.data.cf_generator.table_book import BOOK, RELATIONS, Drawn, mention, threshold
from codefusion.data.cf_generator.table_texts import held_text
from codefusion.data.cf_generator.tables import Sheet


def _condition(rng: Random, sheet: Sheet, index: int) -> Drawn:
    """One half of a conjunction: what is said about the column, and its rule."""
    column = sheet.columns[index]
    said = mention(rng, column)
    if column.kind == "number":
        kind, value = int(rng.random() * 2.5), threshold(rng, column)
        rule = call(COMPARISONS[kind], f"c[{index}]", value)
        phrase = BOOK.expand(rng, f"is {RELATIONS[kind]} {{x}}", {"x": value})
        return f"{said} {phrase}", rule
    value = held_text(rng, sheet, index)
    return f"{said} is {value}", call("TextEquals", f"c[{index}]", f"'{value}'")


def _joined(rng: Random, sheet: Sheet) -> Drawn | None:
    positions = sheet.indices("number", "category")
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
        (16, _joined),  # people ask for it more often than the benchmark does
    ]
)
