"""Prompts and programs as token ids, and back: the one way text enters and leaves the model.

Training and inference share it, so that they cannot tokenize differently. Not for making or
loading tokenizers: that is `tokenization`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codefusion.data.columns import Mention, as_text, find_mentions
from codefusion.data.literals import (
    COLUMN,
    KINDS,
    NUMBER,
    WORD,
    Literal,
    find_literals,
    find_uses,
)
from codefusion.data.tokenization import (
    MAX_COLUMNS,
    build_prompt,
    column_names,
    decode,
    encode,
    encode_spans,
    slot_token,
    until_pad,
)
from codefusion.errors import UsageError

# What a codec remembers of texts it has encoded: a server reads new ones for months.
MOST_REMEMBERED = 2**15
LONGEST_REMEMBERED = 64


Span = tuple[int, int]


@dataclass(frozen=True)
class Aligned:
    """What a pre-trained encoder reads, and which of its characters each token of ours covers.

    An empty span covers none: the language's name has no place in `text`. The last one, of the
    end token, covers all.
    """

    text: str
    spans: tuple[Span, ...]


NOTHING = Aligned("", ())


@dataclass(frozen=True)
class EncodedPrompt:
    """What E reads, the end token included, and what each slot token in it stands for."""

    ids: tuple[int, ...]
    slots: Mapping[int, str] = field(default_factory=dict)
    aligned: Aligned = NOTHING


class Codec:
    """Encodes with one tokenizer, and with its slot tokens when it has any.

    With slots, each literal of the utterance follows a slot token of its kind, numbered from the
    left, and code that repeats the literal is written with the slot token alone. A column of a
    table has a slot token too, where the header lists it and where the utterance speaks of it,
    for what code calls it, such as `c[2]`. The rest of the prompt is then read in lower case and
    without its spaces: what case and spaces tell of a literal, its slot keeps.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        vocabulary = tokenizer.get_vocab()
        self._slots: dict[str, list[int]] = {}
        for kind in KINDS:
            ids: list[int] = []
            while (token := slot_token(kind, len(ids))) in vocabulary:
                ids.append(vocabulary[token])
            self._slots[kind] = ids
        self._kind = {one: kind for kind, ids in self._slots.items() for one in ids}
        self._space = encode(tokenizer, " ")[-1]
        self._common: dict[str, bool] = {}
        self._cache: dict[str, list[int]] = {}
        self._pieces: list[str | None] = []

    @property
    def slot_ids(self) -> list[int]:
        """The ids of all slot tokens, an empty list for a tokenizer without."""
        return list(self._kind)

    def prompt(
        self,
        utterance: str,
        language: str,
        table: Sequence[Sequence[object]] = (),
        max_length: int | None = None,
    ) -> EncodedPrompt:
        """Encode what E reads; cells may be numbers, dates or None, as a workbook has them.

        Raises `UsageError` for an empty utterance, or more tokens than `max_length`.
        """
        table = as_text(table)
        text = build_prompt(utterance, language, table, typed=bool(self._slots[COLUMN]))
        slots: dict[int, str] = {}
        ends: dict[int, int] = {}  # of what the marks of columns stand before
        start = len(language) + 2  # the utterance follows "language: "
        if self._kind:
            words = " ".join(utterance.split())
            columns = self._slots[COLUMN][: min(len(column_names(table)), MAX_COLUMNS)]
            mentions = find_mentions(words, table) if columns else []
            marks, slots = self._assign(words, mentions)
            marks = [(start + position, slot) for position, slot in marks]
            header = text[start + len(words) :]
            # Not numbers: the columns are numbered.
            names = [pair for pair in self._pairs(slots) if pair[0] != NUMBER]
            for begin, _, literal in find_uses(header, names):
                marks.append((start + len(words) + begin, _slot_of(slots, literal)))
            for mention in mentions:
                if mention.column < len(columns):
                    marks.append((start + mention.start, columns[mention.column]))
                    ends[start + mention.start] = start + mention.end
            end = start + len(words)
            for index, slot in enumerate(columns):
                end = text.index(f" | {index} ", end) + len(" | ")
                marks.append((end, slot))
                ends[end] = (text + " | ").index(" | ", end)
                slots[slot] = f"c[{index}]"
            tokens = self._marked(text, marks, slots, ends)
        else:
            tokens = encode_spans(self.tokenizer, text)
        ids = [*(one for one, _ in tokens), self.tokenizer.eos_token_id]
        if max_length is not None and len(ids) > max_length:
            raise UsageError(
                f"the utterance is too long: {len(ids)} tokens, the model reads {max_length}; "
                "shorten it"
            )
        seen = text[start:]
        spans = [(max(begin - start, 0), max(end - start, 0)) for _, (begin, end) in tokens]
        return EncodedPrompt(tuple(ids), slots, Aligned(seen, (*spans, (0, len(seen)))))

    def code(self, code: str, slots: Mapping[int, str]) -> list[int]:
        """Encode a program, with the slots of its prompt in the place of literals."""
        ids: list[int] = []
        position = 0
        for start, end, text in find_uses(code, self._pairs(slots)):
            ids += self._encode(code[position:start])
            ids.append(_slot_of(slots, text))
            position = end
        return [*ids, *self._encode(code[position:])]

    def text(self, ids: Sequence[int], slots: Mapping[int, str]) -> str:
        """Decode a program up to the first pad; a slot that stands for nothing is dropped."""
        parts: list[str] = []
        run: list[int] = []
        for one in until_pad(ids, self.tokenizer.pad_token_id):
            if one in self._kind:
                parts += (decode(self.tokenizer, run), slots.get(one, ""))
                run = []
            else:
                run.append(one)
        parts.append(decode(self.tokenizer, run))
        return "".join(parts)

    def pieces(self, slots: Mapping[int, str]) -> list[str | None]:
        """Return what each token adds to the text of a program; None where that is nothing whole.

        A token that is part of a letter, or a slot that stands for nothing, adds None.
        """
        if not self._pieces:
            texts = [decode(self.tokenizer, [one]) for one in range(len(self.tokenizer))]
            self._pieces = [None if not one or "\ufffd" in one else one for one in texts]
            for one in self._kind:
                self._pieces[one] = None
        pieces = list(self._pieces)
        for one, text in slots.items():
            pieces[one] = text
        return pieces

    def own_slots(self, code: str) -> tuple[list[tuple[int, int]], dict[int, str]]:
        """Return slots for the literals of a program that has no utterance.

        The marks are (position in `code`, slot token). Words are left alone: in code, the rare
        ones are names of functions and flags as often as they are literals.
        """
        marks, slots = self._assign(code)
        texts = {
            one: text
            for one, text in slots.items()
            if self._kind[one] == NUMBER or f'"{text}"' in code or f"'{text}'" in code
        }
        marks = [mark for mark in marks if mark[1] in texts]
        for index, slot in enumerate(self._slots[COLUMN]):
            column = f"c[{index}]"
            for begin, _, _ in find_uses(code, [(COLUMN, column)]):
                marks.append((begin, slot))
                texts[slot] = column
        return marks, texts

    def marked(self, text: str, marks: Sequence[tuple[int, int]]) -> list[int]:
        """Encode part of a prompt with a slot token put in at each (position, slot)."""
        return [one for one, _ in self._marked(text, marks, {})]

    def _marked(
        self,
        text: str,
        marks: Sequence[tuple[int, int]],
        slots: Mapping[int, str],
        ends: Mapping[int, int] | None = None,
    ) -> list[tuple[int, Span]]:
        """Return the tokens with their spans in `text`; a slot has that of what it precedes."""
        tokens: list[tuple[int, Span]] = []
        position = 0
        for at, slot in sorted(marks):
            covered = (at, at + max(1, len(slots.get(slot, ""))))
            if ends and self._kind[slot] == COLUMN:
                covered = (at, ends[at])
            # The space stays with its word, which may be one token with it.
            at -= at > position and text[at - 1] == " "
            tokens += self._prompt_tokens(text[position:at], position)
            tokens.append((slot, covered))
            position = at
        return [*tokens, *self._prompt_tokens(text[position:], position)]

    def _prompt_tokens(self, text: str, start: int) -> list[tuple[int, Span]]:
        """Return the tokens of a part of a prompt that begins at `start`."""
        if not text:
            return []
        # In lower case a few letters of a few languages are two; the spans are then a little off.
        read = text.lower() if self._kind else text
        return [
            (one, (start + begin, start + end))
            for one, (begin, end) in encode_spans(self.tokenizer, read)
            if not self._kind or one != self._space
        ]

    def _assign(
        self, text: str, mentions: Sequence[Mention] = ()
    ) -> tuple[list[tuple[int, int]], dict[int, str]]:
        """Number the literals of `text`: equal ones share a slot, those too many get none.

        Nor do plain words within the name of a column, which are there to say which it is; the
        text of a cell is a literal, however common its words.
        """
        slots: dict[int, str] = {}
        known: dict[tuple[str, str], int] = {}
        used = dict.fromkeys(KINDS, 0)
        marks: list[tuple[int, int]] = []
        literals = [
            literal
            for literal in find_literals(text, self._is_common)
            if literal.kind != WORD
            or not any(one.start <= literal.start and literal.end <= one.end for one in mentions)
        ]
        for one in mentions:
            if not one.named and not any(
                one.start < literal.end and literal.start < one.end for literal in literals
            ):
                literals.append(Literal(WORD, text[one.start : one.end], one.start, one.end))
        for literal in sorted(literals, key=lambda one: one.start):
            key = (literal.kind, literal.text)
            if key not in known:
                if used[literal.kind] == len(self._slots[literal.kind]):
                    continue
                known[key] = self._slots[literal.kind][used[literal.kind]]
                used[literal.kind] += 1
                slots[known[key]] = literal.text
            marks.append((literal.start, known[key]))
        return marks, slots

    def _pairs(self, slots: Mapping[int, str]) -> list[tuple[str, str]]:
        return [(self._kind[one], text) for one, text in slots.items()]

    def _is_common(self, word: str) -> bool:
        """Whether a plain word is a single token, which is as easily copied as a slot."""
        known = self._common.get(word)
        if known is None:
            if len(self._common) >= MOST_REMEMBERED:
                self._common.clear()
            lower = word.lower()
            spellings = (encode(self.tokenizer, lower), encode(self.tokenizer, f" {lower}"))
            shortest = min(len([one for one in ids if one != self._space]) for ids in spellings)
            self._common[word] = known = shortest == 1
        return known

    def _encode(self, text: str) -> list[int]:
        known = self._cache.get(text)
        if known is None:
            known = encode(self.tokenizer, text) if text else []
            if len(text) <= LONGEST_REMEMBERED:
                if len(self._cache) >= MOST_REMEMBERED:
                    self._cache.clear()
                self._cache[text] = known
        return known


def _slot_of(slots: Mapping[int, str], text: str) -> int:
    return next(one for one, literal in slots.items() if literal == text)
