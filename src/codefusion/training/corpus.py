"""From the sources a recipe names to token ids, and the tokenizer they are cut with.

Not for batches (see `tasks`). Rows that do not fit the model are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codefusion.data.batching import Encoded
from codefusion.data.examples import Example, Snippet, read_examples, read_snippets
from codefusion.data.tokenization import (
    build_prompt,
    encode,
    encode_batch,
    load_tokenizer,
    train_tokenizer,
)
from codefusion.errors import DataError
from codefusion.languages import get_language
from codefusion.training.recipe import DataRecipe, Source, TokenizerRecipe
from codefusion.training.tasks import Snippets, Special


@dataclass(frozen=True)
class Corpus:
    """The rows of a recipe as text."""

    pairs: list[Example]
    snippets: list[Snippet]
    validation: list[Example]


def read_corpus(recipe: DataRecipe) -> Corpus:
    """Read every source; raises `DataError` for a missing or broken file."""
    pairs = [row for source in recipe.pairs for row in _read_pairs(source, recipe)]
    if not pairs:
        raise DataError("the recipe names no pairs: set data.pairs")
    snippets = [row for source in recipe.snippets for row in _read_snippets(source, recipe)]
    known = {row.code for row in snippets}
    snippets += [
        Snippet(code=code, language=recipe.language)
        for code in dict.fromkeys(pair.code for pair in pairs)
        if code not in known
    ]
    validation = [] if recipe.validation is None else _read_pairs(recipe.validation, recipe)
    return Corpus(pairs, snippets, validation)


def _read_pairs(source: Source, recipe: DataRecipe) -> list[Example]:
    rows: list[Example]
    if source.path is not None:
        rows = read_examples(Path(recipe.folder) / source.path, recipe.language)
    elif source.generate is not None:
        from codefusion.data.cf_generator import generate_pairs

        rows = [
            Example(pair.utterance, pair.code, "cf", tuple(tuple(row) for row in pair.table))
            for pair in generate_pairs(source.count, source.seed)
        ]
    else:
        raise DataError("the standard library has snippets, not pairs: use it in data.snippets")
    return rows[: source.limit] * source.repeat


def _read_snippets(source: Source, recipe: DataRecipe) -> list[Snippet]:
    if source.path is not None:
        rows = read_snippets(Path(recipe.folder) / source.path, recipe.language)
    elif source.library is not None:
        from codefusion.data.corpora import python_standard_library

        rows = list(python_standard_library())
    else:
        rows = [Snippet(row.code, row.language) for row in _read_pairs(source, recipe)]
    return rows[: source.limit] * source.repeat


def make_tokenizer(recipe: TokenizerRecipe, corpus: Corpus) -> Any:
    """Load the tokenizer of the recipe, or train one on the corpus (never on validation)."""
    if recipe.path is not None:
        return load_tokenizer(recipe.path)
    texts = [build_prompt(row.utterance, row.language, row.table) for row in corpus.pairs]
    texts += [row.code for row in corpus.pairs] + [row.code for row in corpus.snippets]
    return train_tokenizer(texts, recipe.vocab_size)


def special_ids(tokenizer: Any) -> Special:
    """Return the ids that the training tasks put in."""
    return Special(tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.mask_token_id)


def encode_pairs(
    pairs: list[Example], tokenizer: Any, max_prompt: int, max_code: int
) -> tuple[list[Encoded], int]:
    """Return the pairs that fit as token ids, and how many did not."""
    prompts = [build_prompt(row.utterance, row.language, row.table) for row in pairs]
    prompt_ids = encode_batch(tokenizer, prompts)
    code_ids = encode_batch(tokenizer, [row.code for row in pairs])
    end = tokenizer.eos_token_id
    rows = [
        Encoded((*prompt, end), tuple(code))
        for prompt, code in zip(prompt_ids, code_ids, strict=True)
        if len(prompt) < max_prompt and len(code) <= max_code
    ]
    if not rows:
        raise DataError(f"none of the {len(pairs)} pairs fits {max_prompt} and {max_code} tokens")
    return rows, len(pairs) - len(rows)


def encode_snippets(snippets: list[Snippet], tokenizer: Any, max_code: int) -> tuple[Snippets, int]:
    """Return the snippets that fit, cut into maskable and other runs; and how many did not.

    A language's own tokenizer says what is an identifier or a keyword.
    """
    grammars = {name: get_language(name) for name in {row.language for row in snippets}}
    code_ids = encode_batch(tokenizer, [row.code for row in snippets])
    rows, pieces = [], []
    cache: dict[str, tuple[int, ...]] = {}

    def cut(text: str) -> tuple[int, ...]:
        if text not in cache:
            cache[text] = tuple(encode(tokenizer, text))
        return cache[text]

    seen: dict[str, tuple[tuple[tuple[int, ...], bool], ...]] = {}
    for snippet, code in zip(snippets, code_ids, strict=True):
        if len(code) > max_code:
            continue
        if snippet.code not in seen:
            runs: list[tuple[tuple[int, ...], bool]] = []
            position = 0
            for start, end in grammars[snippet.language].maskable_spans(snippet.code):
                if start > position:
                    runs.append((cut(snippet.code[position:start]), False))
                runs.append((cut(snippet.code[start:end]), True))
                position = end
            if position < len(snippet.code):
                runs.append((cut(snippet.code[position:]), False))
            seen[snippet.code] = tuple(runs)
        rows.append(Encoded((), tuple(code)))
        pieces.append(seen[snippet.code])
    if not rows:
        raise DataError(f"none of the {len(snippets)} snippets fits {max_code} tokens")
    return Snippets(tuple(rows), tuple(pieces)), len(snippets) - len(rows)
