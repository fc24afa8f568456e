"""Small tables: typed columns of a domain with matching values, and the Index/Value kind.

Makes tables only; the sentences and rules about them are in `table_style`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from codefusion.data.cf_generator import literals, words
from codefusion.data.cf_generator.domains import DOMAINS
from codefusion.data.cf_generator.literals import pick
from codefusion.data.cf_generator.rules import Sketch

_THIRD_COLUMNS = ("Point", "Count", "ID", "Score")


@dataclass(frozen=True)
class Column:
    """A typed column; `kind` is `number`, `category`, `date` or `text`."""

    header: str
    kind: str
    synonyms: tuple[str, ...] = ()
    maker: str = ""
    low: float = 0
    high: float = 0
    places: int = 0
    values: tuple[str, ...] = ()

    def value(self, rng: Random) -> str:
        """One cell."""
        if self.kind == "number":
            drawn = self.low + rng.random() * (self.high - self.low)
            return f"{drawn:.{self.places}f}" if self.places else str(int(drawn))
        if self.kind == "category":
            return pick(rng, self.values)
        if self.kind == "date":
            return f"20{10 + int(rng.random() * 14)}-{1 + int(rng.random() * 12):02d}-11"
        return _TEXT[self.maker](rng)


_TEXT = {
    "person": lambda rng: pick(rng, words.NAMES),
    "place": lambda rng: pick(rng, words.PLACES),
    "code": literals.code,
    "item": lambda rng: pick(rng, words.NOUNS).capitalize(),
    "phrase": literals.phrase,
    "word": literals.word,
    "company": lambda rng: literals.pseudo_word(rng).capitalize(),
    "letter": lambda rng: pick(rng, "ABCDEFGH"),
    "ticker": literals.code,
    "email": lambda rng: f"{pick(rng, words.NAMES).lower()}@{pick(rng, words.NOUNS).lower()}.com",
}


@dataclass(frozen=True)
class Domain:
    """What the rows of a table are, in the plural, and its columns."""

    subject: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Sheet:
    """A drawn table: columns in the order of the header, and cells in rows below it."""

    subject: str
    columns: tuple[Column, ...]
    rows: list[list[str]]

    def cells(self) -> list[list[str]]:
        """The table as the benchmark stores it, header first."""
        return [[column.header for column in self.columns], *self.rows]

    def indices(self, *kinds: str) -> list[int]:
        """Positions of the columns of these kinds."""
        return [i for i, column in enumerate(self.columns) if column.kind in kinds]


def _parse_column(notation: str) -> Column:
    # The last marker counts: headers such as `# of Items` hold one themselves.
    position = max(notation.rfind(mark) for mark in (" @", " #", " =", " %"))
    head, mark, body = notation[:position], notation[position + 1], notation[position + 2 :]
    header, *synonyms = head.split("~")
    names = tuple(name for chunk in synonyms for name in chunk.split(","))
    if mark == "#":
        low, _, rest = body.partition("..")
        high, _, places = rest.partition(".")
        return Column(header, "number", names, "", float(low), float(high), int(places or 0))
    if mark == "=":
        return Column(header, "category", names, values=tuple(body.split(",")))
    if mark == "%":
        return Column(header, "date", names)
    return Column(header, "text", names, body)


@cache
def domains() -> tuple[Domain, ...]:
    """All domains, read once."""
    parsed = []
    for line in DOMAINS.strip().splitlines():
        subject, _, columns = line.partition(": ")
        parsed.append(Domain(subject, tuple(_parse_column(c) for c in columns.split(" | "))))
    return tuple(parsed)


def _invented(rng: Random) -> Column:
    """A column nobody has seen, so that headers are looked up and not remembered."""
    header = literals.word(rng).capitalize()
    if rng.random() < 0.6:
        scale = (10, 100, 1000, 50000)[int(rng.random() * 4)]
        return Column(header, "number", low=0, high=scale)
    return Column(header, "category", values=tuple(literals.word(rng) for _ in range(3)))


def draw_sheet(rng: Random) -> Sheet:
    """A domain with some of its columns in varying order, and up to five rows."""
    choices = domains()
    domain = choices[int(rng.random() * len(choices))]
    columns = list(domain.columns)
    if len(columns) > 2:
        if rng.random() < 0.35:
            head, rest = columns[:1], columns[1:]
            rng.shuffle(rest)
            columns = head + rest
        columns = columns[: 2 + int(rng.random() * (len(columns) - 1))]
    if rng.random() < 0.2:
        columns.insert(int(rng.random() * (len(columns) + 1)), _invented(rng))
    amount = int(rng.random() * 6)
    rows = [[column.value(rng) for column in columns] for _ in range(amount)]
    return Sheet(domain.subject, tuple(columns), rows)


def value_table(rng: Random, sketch: Sketch) -> list[list[str]]:
    """The Index/Value table of the single-column dialect around the literals of `sketch`."""
    third = pick(rng, _THIRD_COLUMNS) if rng.random() < 0.5 else None
    header = ["Index", "Value"] if third is None else ["Index", "Value", third]
    # One eighth of train's tables have a header only, as many a single row.
    amount = 0 if rng.random() < 0.14 else 1 if rng.random() < 0.14 else 3 + int(rng.random() * 3)
    table = [header]
    scale = 10.0 ** int(rng.random() * 5)
    for index in range(amount):
        if sketch.seen and rng.random() < 0.35:
            value = pick(rng, sketch.seen)
        elif sketch.numeric:
            drawn = rng.random() * scale
            value = str(int(drawn)) if scale > 50 else f"{drawn:.2f}"
        else:
            value = literals.plain_text(rng)
        row = [str(index), value]
        if third is not None:
            row.append(str(int(rng.random() * 100)))
        table.append(row)
    return table
