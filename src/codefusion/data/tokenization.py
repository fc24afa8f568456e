"""Tokenizers for utterances and code, exact to the byte, and the prompt they are given.

Not for batches (see `batching`). Training and inference share these few functions: a model that
sees one more token in training than at inference loses half its quality.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from codefusion.data.columns import column_kind
from codefusion.data.literals import KINDS
from codefusion.errors import CheckpointError, UsageError

SPECIAL_TOKENS = ("<pad>", "<s>", "</s>", "<unk>", "<mask>")
# What a trained token may span at most: a letter run, anything else alone; or a word, a flag or a
# run of signs, each with the space before it.
LITERALS = r"\s|\d|[^\s\d\p{L}]"
WORDS = r" ?[-$]{0,2}\p{L}+| ?\d{1,3}| ?[^\s\d\p{L}]+|\s"
MAX_COLUMNS = 12
# The benchmark writes a column without a name of its own as Index, Value and sometimes a third.
UNNAMED_COLUMNS = ("Index", "Value")


def slot_token(kind: str, index: int) -> str:
    """Return the name of the token that stands for the literal `index` of its kind."""
    return f"<{kind}_{index}>"


def slot_tokens(count: int) -> list[str]:
    """Return the names of `count` slot tokens of each kind of literal."""
    return [slot_token(kind, index) for kind in KINDS for index in range(count)]


def add_slots(tokenizer: Any, count: int) -> None:
    """Give a loaded tokenizer `count` slot tokens of each kind, as new ids at its end."""
    tokenizer.add_special_tokens({"extra_special_tokens": slot_tokens(count)})


def train_tokenizer(texts: Iterable[str], vocab_size: int, slots: int = 0) -> Any:
    """Return a byte-level BPE tokenizer of `vocab_size` tokens trained on `texts`.

    `slots` of the tokens, for each kind of literal, stand for literals (see `codec`). Without
    them, spaces and digits are tokens of their own, so a word or a number of the utterance has
    the same tokens in the code, whatever stands before it: that makes literals easy to copy. With
    them, a word and the space before it may be one token, which makes programs shorter.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = [*SPECIAL_TOKENS, *slot_tokens(slots)]
    smallest = len(alphabet) + len(special)
    if vocab_size < smallest:
        raise UsageError(f"a byte-level vocabulary needs {smallest} tokens, got {vocab_size}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(WORDS if slots else LITERALS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=special,
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
        clean_up_tokenization_spaces=False,
    )


def load_tokenizer(name_or_path: str | Path) -> Any:
    """Return the tokenizer of a folder or Hub id; CodeT5's `vocab.json` + `merges.txt` will do.

    Raises `CheckpointError` when there is none, or it lacks a pad, end or mask token.
    """
    from transformers import AutoTokenizer, RobertaTokenizer

    folder = Path(name_or_path)
    try:
        if (folder / "vocab.json").is_file() and not (folder / "tokenizer.json").is_file():
            tokenizer: Any = RobertaTokenizer.from_pretrained(str(folder))
        else:
            tokenizer = AutoTokenizer.from_pretrained(str(name_or_path))
    except Exception as error:  # three libraries read these files, with classes of their own
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CheckpointError(f"cannot load the tokenizer {str(folder)!r}: {reason}") from error
    for role in ("pad_token_id", "eos_token_id", "mask_token_id"):
        if getattr(tokenizer, role) is None:
            raise CheckpointError(f"the tokenizer {str(name_or_path)!r} has no {role[:-3]}")
    return tokenizer


def encode(tokenizer: Any, text: str) -> list[int]:
    """Return the tokens of `text` and nothing more; `<pad>` in it is five ordinary characters."""
    backend = tokenizer.backend_tokenizer
    backend.encode_special_tokens = True
    ids: list[int] = backend.encode(text, add_special_tokens=False).ids
    return ids


def encode_spans(tokenizer: Any, text: str) -> list[tuple[int, tuple[int, int]]]:
    """Return what `encode` does, each token with the characters of `text` that it covers."""
    backend = tokenizer.backend_tokenizer
    backend.encode_special_tokens = True
    encoding = backend.encode(text, add_special_tokens=False)
    return list(zip(encoding.ids, encoding.offsets, strict=True))


def until_pad(ids: Sequence[int], pad_id: int) -> list[int]:
    """Return `ids` up to the first pad, where the paper ends a program."""
    ids = list(ids)
    return ids[: ids.index(pad_id)] if pad_id in ids else ids


def decode(tokenizer: Any, ids: Sequence[int]) -> str:
    """Return the text of `ids` up to the first pad; exact inverse of `encode`."""
    kept = until_pad(ids, tokenizer.pad_token_id)
    text: str = tokenizer.backend_tokenizer.decode(kept, skip_special_tokens=True)
    return text


def build_prompt(
    utterance: str,
    language: str,
    table: Sequence[Sequence[str]] = (),
    max_columns: int = MAX_COLUMNS,
    typed: bool = False,
) -> str:
    """Return what E reads: the language, the utterance, and the numbered columns of the table.

    With `typed`, each is followed by what its cells hold (`columns.column_kind`). Raises
    `UsageError` for an empty utterance.
    """
    words = " ".join(utterance.split())
    if not words:
        raise UsageError("the utterance is empty; say in a sentence what the code should do")
    prompt = f"{language}: {words}"
    for index, name in enumerate(column_names(table)[:max_columns]):
        prompt += f" | {index} {name}"
        if typed:
            kind = column_kind([row[index] for row in table[1:] if index < len(row)])
            prompt += f" {kind}"
    return prompt


def column_names(table: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of a table's columns, none where the benchmark made them up."""
    header = [" ".join(name.split()) for name in table[0]] if table else []
    return [] if tuple(header[:2]) == UNNAMED_COLUMNS else header
