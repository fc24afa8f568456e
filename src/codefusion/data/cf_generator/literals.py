"""Random rule literals: numbers as they are written, and texts of every kind.

Only draws values; how a rule quotes or places them is decided in `rules` and the style modules."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from codefusion.data.cf_generator import words

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALNUM = _UPPER + "0123456789"
_SMALL_DECIMALS = ("0.5", "0.1", "0.05", "0.01", "0.8", "0.667", "1.5", "1.96", "2.5", "6.5")


def pick(rng: Random, options: Sequence[str]) -> str:
    """One of `options`; `Random.choice` is twice as slow and the generator lives on speed."""
    return options[int(rng.random() * len(options))]


def _int(rng: Random, low: int, high: int) -> int:
    return low + int(rng.random() * (high - low + 1))


def number(rng: Random) -> str:
    """Small, large, round, negative, decimal or float-noise number."""
    roll = rng.random()
    if roll < 0.22:
        return str(_int(rng, 0, 20))
    if roll < 0.55:
        return str(_int(rng, 21, 999))
    if roll < 0.70:
        return str(_int(rng, 1000, 32000))
    if roll < 0.76:
        return str(_int(rng, 1, 99) * 10 ** _int(rng, 2, 6))
    if roll < 0.80:
        return str(_int(rng, 1, 20) * 50)
    if roll < 0.84:
        return str(-_int(rng, 1, 1500))
    if roll < 0.86:
        return pick(rng, _SMALL_DECIMALS)
    if roll < 0.97:
        return decimal(rng)
    return f"{rng.uniform(-9000, 20000):.{_int(rng, 8, 13)}f}"


def decimal(rng: Random) -> str:
    """A decimal with one to four places, sometimes negative."""
    scale = (1, 1, 10, 100, 1000)[int(rng.random() * 5)]
    value = f"{rng.random() * scale:.{_int(rng, 1, 4)}f}"
    return f"-{value}" if rng.random() < 0.1 else value


def whole(rng: Random) -> str:
    """A plain integer, mostly round: what people type when they invent a threshold."""
    roll = rng.random()
    if roll < 0.45:
        return str(_int(rng, 0, 30))
    if roll < 0.75:
        return str(_int(rng, 1, 40) * 5)
    if roll < 0.9:
        return str(_int(rng, 31, 5000))
    return str(_int(rng, 1, 99) * 1000)


def bounds(rng: Random) -> tuple[str, str]:
    """Two numbers of one kind, ascending but for a few: train keeps the utterance's order."""
    roll = rng.random()
    if roll < 0.75:
        scale = (10, 100, 1000, 3000, 30000)[int(rng.random() * 5)]
        low = int(rng.random() * scale)
        pair = (str(low), str(low + 1 + int(rng.random() * scale)))
    elif roll < 0.85:
        size = _int(rng, 1, 50)
        pair = (str(-size), str(size if rng.random() < 0.6 else size + _int(rng, 1, 40)))
    else:
        places = _int(rng, 1, 3)
        first = rng.uniform(-1, 10)
        pair = (f"{first:.{places}f}", f"{first + 0.5 + rng.random() * 10:.{places}f}")
    return (pair[1], pair[0]) if rng.random() < 0.05 else pair


def pseudo_word(rng: Random) -> str:
    """A pronounceable word nobody has seen, so that its letters must be copied."""
    word = "".join(pick(rng, words.SYLLABLES) for _ in range(_int(rng, 2, 4)))
    roll = rng.random()
    return word if roll < 0.35 else word.capitalize() if roll < 0.8 else word.upper()


def code(rng: Random) -> str:
    """An identifier such as `LSVT`, `KX-204` or `B101X`."""
    roll = rng.random()
    if roll < 0.25:
        return pick(rng, words.CODES)
    if roll < 0.55:
        return "".join(pick(rng, _UPPER) for _ in range(_int(rng, 2, 5)))
    head = "".join(pick(rng, _UPPER) for _ in range(_int(rng, 1, 3)))
    if roll < 0.75:
        return f"{head}{pick(rng, ('-', '', '_', ' ', '.'))}{_int(rng, 1, 2000)}"
    return "".join(pick(rng, _ALNUM) for _ in range(_int(rng, 3, 7)))


def _word(rng: Random) -> str:
    roll = rng.random()
    if roll < 0.3:
        return pseudo_word(rng)
    if roll < 0.5:
        return pick(rng, words.STATES)
    if roll < 0.72:
        word = pick(rng, words.NOUNS)
    elif roll < 0.82:
        word = pick(rng, words.ADJECTIVES)
    else:
        return pick(rng, words.NAMES if roll < 0.91 else words.PLACES)
    case = rng.random()
    return word if case < 0.4 else word.capitalize() if case < 0.85 else word.upper()


def word(rng: Random) -> str:
    """A single word: common, pseudo, a name or a place, in any case."""
    return _word(rng)


def phrase(rng: Random) -> str:
    """Two to five words, now and then with a comma, a dash or parentheses."""
    roll = rng.random()
    if roll < 0.35:
        return f"{pick(rng, words.ADJECTIVES).capitalize()} {pick(rng, words.NOUNS)}"
    if roll < 0.6:
        return f"{_word(rng)} {_word(rng)}"
    if roll < 0.7:
        return f"{_word(rng)} {pick(rng, ('and', 'of', 'to', 'in', 'for', '&', '/', '-'))} "
        f"{_word(rng)}"
    if roll < 0.77:
        return f"{_word(rng)} ({_word(rng)})"
    if roll < 0.83:
        return f"{_word(rng)}, {_word(rng)}"
    if roll < 0.9:
        return f"{_word(rng)} {_int(rng, 1, 99)}"
    return " ".join(_word(rng) for _ in range(_int(rng, 3, 5)))


def date(rng: Random) -> str:
    """A date in one of the common ways of writing it."""
    day, month, year = _int(rng, 1, 28), _int(rng, 1, 12), _int(rng, 1998, 2023)
    roll = rng.random()
    if roll < 0.4:
        return f"{day:02d}/{month:02d}/{year}"
    if roll < 0.7:
        return f"{year}-{month:02d}-{day:02d}"
    return f"{pick(rng, ('Jan', 'Feb', 'Mar', 'May', 'Jul', 'Sep', 'Oct', 'Dec'))} {day}"


def foreign(rng: Random) -> str:
    """A word of another script or a string broken by a wrong code page."""
    if rng.random() < 0.8:
        return pick(rng, words.FOREIGN)
    return "".join(pick(rng, words.MOJIBAKE) for _ in range(_int(rng, 2, 9)))


def text(rng: Random) -> str:
    """Any text literal, weighted as in train: words and phrases first, then codes and flags."""
    roll = rng.random()
    if roll < 0.36:
        return _word(rng)
    if roll < 0.55:
        return phrase(rng)
    if roll < 0.71:
        return code(rng)
    if roll < 0.80:
        return pick(rng, words.FLAGS)
    if roll < 0.86:
        return pick(rng, _UPPER)
    if roll < 0.94:
        return foreign(rng)
    if roll < 0.97:
        return pick(rng, words.SYMBOLS)
    return date(rng)


def plain_text(rng: Random) -> str:
    """A text without commas or brackets, safe where several literals share one rule."""
    roll = rng.random()
    if roll < 0.6:
        return _word(rng)
    if roll < 0.8:
        return code(rng)
    return pick(rng, words.FLAGS if roll < 0.88 else words.FOREIGN)


def count(rng: Random) -> str:
    """How many items a top or bottom rule keeps; ten is half of train."""
    roll = rng.random()
    if roll < 0.38:
        return "10"
    if roll < 0.75:
        return pick(rng, ("5", "3", "2", "1", "20", "4"))
    return str(_int(rng, 1, 60))


def counted(rng: Random, amount: str) -> str:
    """`amount` as an utterance writes it: digits, or a word where one exists."""
    if rng.random() < 0.15:
        return words.NUMBER_WORDS.get(amount, amount)
    return amount
