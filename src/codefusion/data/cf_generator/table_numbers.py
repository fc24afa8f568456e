"""Orders about a number column: thresholds, ranks, averages and visual formats.

Each returns the utterance and its rule, or nothing where the table has no such column."""

from __future__ import annotations

from random import Random

from codefusion.data.cf_generator import literals
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.rules import COMPARISONS, call, negated
from codefusion.data.cf_generator.table_book import (
    BOOK,
    RELATIONS,
    VERBS,
    Drawn,
    column_slots,
    mention,
    only,
    pick_column,
    threshold,
)
from codefusion.data.cf_generator.tables import Sheet


def compared(rng: Random, sheet: Sheet) -> Drawn | None:
    """A column compared with a number."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    roll = rng.random()
    kind = 0 if roll < 0.43 else 1 if roll < 0.85 else 2 if roll < 0.94 else 3
    value = threshold(rng, sheet.columns[index])
    relation = RELATIONS[kind]
    pattern = (
        f"<verb> <cells> <in column> [that are|which are|with value|] {relation} {{x}}<tail>|"
        f"<verb> {{s}} [whose {{h}} is|with {{h}}|having {{h}}] {relation} {{x}}<tail>|"
        f"<verb> {{s}} where [the |]{{h}} is {relation} {{x}}<tail>|"
        f"<verb> cells where {{h}} is {relation} {{x}}<tail>|"
        f"<verb> [the |all |]{{hs}} [that are |which are ||]{relation} {{x}}<tail>|"
        f"<verb> if [the |]{{h}} is {relation} {{x}}<tail>|<verb> if {{h}} {VERBS[kind]} {{x}}|"
        f"[Any|All|anyone|All {{s}}] with {{h}} {relation} {{x}}|"
        f"<verb> [any cell|cells] in column {{L}} {relation} {{x}}|"
        f"Turn cells to {{color}} when {{h}} is {relation} {{x}}"
    )
    if only(sheet, index, "number"):
        pattern += (
            f"|<verb> <cells> [that are|with value|with a value|"
            f"containing values] {relation} {{x}}<tail>|"
            f"Now let us [highlight|mark|color] every cell with a value {relation} {{x}}|"
            f"make Excel [fill|paint|shade] all values {relation} {{x}} to "
            f"{{color}}"
        )
    if kind > 1:
        end = ("[above|more|higher]", "[less|below|lower]")[kind - 2]
        pattern += f"|<verb> {{s}} with [{{h}} {{x}}|{{x}} {{h}}] or {end}"
    # Percent signs are dropped in the code.
    shared = "ercent" in sheet.columns[index].header or rng.random() < 0.02
    slots = column_slots(rng, sheet, index) | {"x": f"{value}%" if shared else value}
    return BOOK.expand(rng, pattern, slots), call(COMPARISONS[kind], f"c[{index}]", value)


def between(rng: Random, sheet: Sheet) -> Drawn | None:
    """A column within two numbers."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    pair = (threshold(rng, sheet.columns[index]), threshold(rng, sheet.columns[index]))
    low, high = sorted(pair, key=float)
    pattern = (
        "<verb> {s} [whose {h} is|with {h}|where {h} is] between {x} and {y}<tail>|"
        "<verb> <cells> <in column> [that are |]between {x} and {y}<tail>|"
        "<verb> {hs} [that are |]between {x} and {y}<tail>|<verb> {hs} from {x} to {y}<tail>"
    )
    rule = call("Between", f"c[{index}]", low, high)
    if rng.random() < 0.1:
        pattern, rule = (
            pattern.replace("between", "not between").split("|<verb> {hs} from")[0],
            negated(rule),
        )
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index) | {"x": low, "y": high}), rule


def ranked(rng: Random, sheet: Sheet) -> Drawn | None:
    """Top or bottom values; a bare superlative leaves the count out: `Bottom(c[1])`."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    best = rng.random() < 0.52
    side = "Top" if best else "Bottom"
    end = "[top|top|highest|largest|best]" if best else "[bottom|bottom|lowest|smallest|worst]"
    slots = column_slots(rng, sheet, index)
    rest = "values|{h}|{s} [by|based on|in terms of] {h}|values <in column>|{hs}|values <in column>"
    roll = rng.random()
    if roll < 0.18:
        pattern = (
            f"<verb> the [number|value|cell] <in column> that is {end}|"
            f"<verb> the {end} {{h}}<tail>|<verb> the {end} value <in column><tail>|"
            f"<verb> {{s}} with the {end} {{h}}<tail>"
        )
        return BOOK.expand(rng, pattern, slots), call(side, f"c[{index}]")
    if only(sheet, index, "number"):
        rest += "|{s}|{s}"
    else:
        rest = rest.removeprefix("values|")
    amount = literals.count(rng)
    if roll < 0.52:
        side += "Percent"
        slots["n"] = f"{amount}{pick(rng, ('%', '%', ' percent', ' percent of'))}"
        rest = rest.replace("values <in", "[of |]values <in")
    else:
        slots["n"] = literals.counted(rng, amount)
    pattern = f"<verb> [the |]{end} {{n}} [{rest}]<tail>"
    return BOOK.expand(rng, pattern, slots), call(side, f"c[{index}]", amount)


def average(rng: Random, sheet: Sheet) -> Drawn | None:
    """Values above or below the average."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    side, word = (("Above", "above"), ("Below", "below"))[rng.random() < 0.35]
    pattern = (
        f"<verb> {{s}} [whose {{h}} is|with {{h}}|where {{h}} is] {word} [the |]average<tail>|"
        f"<verb> [the |]{word}[ |-]average values <in column><tail>|"
        f"<verb> <cells> <in column> [that are |] {word} [the |]average<tail>|"
        f"<verb> {{s}} with {word}[ |-]average {{h}}|<verb> {{hs}} {word} [the |]average<tail>|"
        f"Apply formatting to {{h}} where the values are {word} the average|"
        f"<verb> the cells where the {{h}} column values are {word} the average"
    )
    if only(sheet, index, "number"):
        pattern += (
            f"|<verb> [the |]{word}[ |-]average values<tail>|"
            f"<verb> values based on the {word} average condition"
        )
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index)), call(
        f"{side}Average", f"c[{index}]"
    )


_VISUALS = {
    "DataBar": "Add [horizontal bars|data bars|value bars] to|Insert [data|value] bars for|"
    "Apply data [bar|bars] to|Compare values with data bars in|Show data bars for",
    "IconSet": "Add [icon sets|an icon set|icon set|icons|icons and symbols] to|Insert "
    "[Icon Set|icons] to|Apply icon sets to|Insert icons to rate|Show icons for",
    "ColorScale": "Add [gradient color|color scales|a color scale] to|Apply [a |]color scale to|"
    "Use gradient color scales for|Insert color scale for|Analyze values using color scales in",
}


def visual(rng: Random, sheet: Sheet) -> Drawn | None:
    """Data bars, icon sets and colour scales."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    name = ("DataBar", "DataBar", "IconSet", "IconSet", "ColorScale")[int(rng.random() * 5)]
    kind = {"DataBar": "data bars", "IconSet": "icon sets", "ColorScale": "color scales"}[name]
    pattern = (
        f"[{_VISUALS[name]}] [the {{h}} column|{{h}}|{{h}} column|{{s}} {{h}}|column {{L}}|"
        f"{{hs}}]|[Compare|Analyze|Visualize] {{h}} [using|with] {kind}"
    )
    if only(sheet, index, "number"):
        pattern += f"|[{_VISUALS[name]}] [cells|the cells|values|cells based on their value]"
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index)), call(name, f"c[{index}]")


def number_equals(rng: Random, sheet: Sheet) -> Drawn | None:
    """A column equal to a number."""
    index = pick_column(rng, sheet, "number")
    if index is None:
        return None
    value = threshold(rng, sheet.columns[index]) if rng.random() < 0.7 else "0"
    pattern = (
        "<verb> {x} in [the |]{h} column|<verb> {s} [whose|where] {h} is [equal to |]{x}<tail>|"
        "<verb> <cells> <in column> equal to {x}<tail>|<verb> {s} with {x} {h}<tail>"
    )
    rule = call("Equals", f"c[{index}]", value)
    return BOOK.expand(rng, pattern, column_slots(rng, sheet, index) | {"x": value}), rule


def two_columns(rng: Random, sheet: Sheet) -> Drawn | None:
    """One column compared with another."""
    numbers = sheet.indices("number")
    if len(numbers) < 2:
        return None
    first, second = rng.sample(numbers, 2)
    kind = int(rng.random() * 2)
    pattern = (
        f"<verb> {{s}} [whose {{h}} is|where {{h}} is|having {{h}}] {RELATIONS[kind]} [the |"
        f"]{{g}}<tail>|<verb> <cells> where {{h}} is {RELATIONS[kind]} {{g}}<tail>"
    )
    slots = column_slots(rng, sheet, first) | {"g": mention(rng, sheet.columns[second])}
    return BOOK.expand(rng, pattern, slots), call(COMPARISONS[kind], f"c[{first}]", f"c[{second}]")
