"""From the sources a recipe names to token ids, and the tokenizer they are cut with.

Not for batches (see `tasks`). Rows that do not fit the model are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from codefusion.data.batching import Encoded
from codefusion.data.codec import Codec
from codefusion.data.examples import (
    Example,
    Snippet,
    for_review,
    read_examples,
    read_snippets,
)
from codefusion.data.generators import generate
from codefusion.data.tokenization import add_slots, build_prompt, load_tokenizer, train_tokenizer
from codefusion.errors import DataError
from codefusion.languages import get_language
from codefusion.training.recipe import DataRecipe, Source, TokenizerRecipe
from codefusion.training.tasks import Pieces, Snippets, Special

Row = TypeVar("Row")


@dataclass(frozen=True)
class Corpus:
    """The rows of a recipe as text."""

    pairs: list[Example]
    snippets: list[Snippet]
    validation: list[Example]

    @property
    def languages(self) -> list[str]:
        """What the pairs are written in, in the order in which they come."""
        return list(dict.fromkeys(pair.language for pair in self.pairs))


def read_corpus(recipe: DataRecipe) -> Corpus:
    """Read every source; raises `DataError` for a missing or broken file."""
    validation = [] if recipe.validation is None else _read_pairs(recipe.validation, recipe)
    golds = {_bare(row.code) for row in validation}
    pairs = [
        for_review(row) if source.reversed else row
        for source in recipe.pairs
        for row in _read_pairs(source, recipe)
        if not (source.apart and _bare(row.code) in golds)
    ]
    if not pairs:
        raise DataError("the recipe names no pairs: set data.pairs")
    snippets = [row for source in recipe.snippets for row in _read_snippets(source, recipe)]
    known = {(row.code, row.language) for row in snippets}
    snippets += [
        Snippet(code, language)
        for code, language in dict.fromkeys((pair.code, pair.language) for pair in pairs)
        if (code, language) not in known
    ]
    return Corpus(pairs, snippets, validation)


def _bare(code: str) -> str:
    return "".join(code.split())


def _read_files(
    read: Callable[[Path, str], list[Row]], source: Source, recipe: DataRecipe
) -> list[Row]:
    language = source.language or recipe.language
    return [row for file in source.files for row in read(Path(recipe.folder) / file, language)]


def _read_pairs(source: Source, recipe: DataRecipe) -> list[Example]:
    rows: list[Example]
    if source.files:
        rows = _read_files(read_examples, source, recipe)
    elif source.generate is not None:
        rows = list(generate(source.generate, source.count, source.seed))
    else:
        raise DataError("the standard library has snippets, not pairs: use it in data.snippets")
    return rows[source.kept] * source.repeat


def _read_snippets(source: Source, recipe: DataRecipe) -> list[Snippet]:
    if source.files:
        rows = _read_files(read_snippets, source, recipe)
    elif source.library is not None:
        from codefusion.data.corpora import python_standard_library

        rows = list(python_standard_library())
    else:
        rows = [Snippet(row.code, row.language) for row in _read_pairs(source, recipe)]
    return rows[source.kept] * source.repeat


def make_tokenizer(recipe: TokenizerRecipe, corpus: Corpus) -> Any:
    """Load the tokenizer of the recipe, or train one on the corpus (never on validation)."""
    if recipe.path is not None:
        tokenizer = load_tokenizer(recipe.path)
        if recipe.slots:
            add_slots(tokenizer, recipe.slots)
        return tokenizer
    texts = [build_prompt(row.utterance, row.language, row.table) for row in corpus.pairs]
    if recipe.slots:
        texts = [text.lower() for text in texts]  # as the codec then writes prompts
    texts += [row.code for row in corpus.pairs] + [row.code for row in corpus.snippets]
    return train_tokenizer(texts, recipe.vocab_size, recipe.slots)


def special_ids(tokenizer: Any) -> Special:
    """Return the ids that the training tasks put in."""
    return Special(tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.mask_token_id)


def encode_pairs(
    pairs: list[Example], codec: Codec, max_prompt: int, max_code: int
) -> tuple[list[Encoded], int]:
    """Return the pairs that fit as token ids, and how many did not."""
    rows: list[Encoded] = []
    known: dict[Example, Encoded] = {}  # a source may repeat its rows many times
    for pair in pairs:
        row = known.get(pair)
        if row is None:
            prompt = codec.prompt(pair.utterance, pair.language, pair.table)
            code = codec.code(pair.code, prompt.slots)
            known[pair] = row = Encoded(prompt.ids, tuple(code), prompt.aligned)
        if len(row.prompt) <= max_prompt and len(row.code) <= max_code:
            rows.append(row)
    if not rows:
        raise DataError(f"none of the {len(pairs)} pairs fits {max_prompt} and {max_code} tokens")
    return rows, len(pairs) - len(rows)


def encode_snippets(snippets: list[Snippet], codec: Codec, max_code: int) -> tuple[Snippets, int]:
    """Return the snippets that fit, cut into maskable and other runs; and how many did not.

    A language's own tokenizer says what is an identifier or a keyword.
    """
    grammars = {name: get_language(name) for name in {row.language for row in snippets}}
    prefixes = {name: tuple(codec.marked(f"{name}: ", [])) for name in grammars}
    rows, pieces, written_in = [], [], []
    seen: dict[tuple[str, str], Pieces] = {}
    for snippet in snippets:
        marks, slots = codec.own_slots(snippet.code)
        code = codec.code(snippet.code, slots)
        if len(code) > max_code:
            continue
        key = (snippet.code, snippet.language)
        if key not in seen:
            spans = grammars[snippet.language].maskable_spans(snippet.code)
            seen[key] = _cut(snippet.code, spans, marks, codec)
        rows.append(Encoded((), tuple(code)))
        pieces.append(seen[key])
        written_in.append(prefixes[snippet.language])
    if not rows:
        raise DataError(f"none of the {len(snippets)} snippets fits {max_code} tokens")
    encoded = Snippets(tuple(rows), tuple(pieces), tuple(written_in))
    return encoded, len(snippets) - len(rows)


def _cut(
    code: str,
    maskable: Iterable[tuple[int, int]],
    marks: Sequence[tuple[int, int]],
    codec: Codec,
) -> Pieces:
    """Cut `code` into runs of prompt tokens; the slot of a masked literal stays in sight."""
    pieces: list[tuple[tuple[int, ...], bool]] = []

    def add(start: int, end: int, may: bool) -> None:
        inside = [(at - start, slot) for at, slot in marks if start <= at < end]
        if may:
            pieces.extend(((slot,), False) for _, slot in inside)
            inside = []
        pieces.append((tuple(codec.marked(code[start:end], inside)), may))

    position = 0
    for start, end in maskable:
        if start > position:
            add(position, start, False)
        add(start, end, True)
        position = end
    if position < len(code):
        add(position, len(code), False)
    return tuple(pieces)
