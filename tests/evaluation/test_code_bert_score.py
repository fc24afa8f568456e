import math
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import ByteLevelBPETokenizer
from transformers import (
    AutoModel,
    GPT2Config,
    GPT2Model,
    RobertaConfig,
    RobertaForMaskedLM,
    RobertaTokenizer,
)

from codefusion.errors import CheckpointError, DataError, UsageError
from codefusion.evaluation.code_bert_score import CodeBertScorer, windows

CODES = [
    "sorted(d, key=d.get)",
    "x ** 0.5",
    "math.sqrt(x)",
    "print('hello, world')",
    "for x in range(10):\n    print(x)",
    "[y for y in z if y > 3]",
    "d = {'a': 1}",
]
LAYERS = 3


def save(folder: Path, model_max_length: int) -> str:
    bpe = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bpe.train_from_iterator(CODES * 3, vocab_size=320, special_tokens=special)
    bpe.save_model(str(folder))
    tokenizer = RobertaTokenizer.from_pretrained(folder, model_max_length=model_max_length)
    tokenizer.save_pretrained(folder)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=130,
        initializer_range=0.2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        RobertaForMaskedLM(config).save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    return save(tmp_path_factory.mktemp("roberta"), 128)


@pytest.fixture(scope="module")
def scorer(checkpoint: str) -> CodeBertScorer:
    """Shared by many tests: read only."""
    return CodeBertScorer(checkpoint)


@pytest.fixture(scope="module")
def slow(checkpoint: str) -> Callable[..., tuple[float, ...]]:
    """Score as the paper writes it: one pair, one token after the other, nothing padded."""
    tokenizer: Any = RobertaTokenizer.from_pretrained(checkpoint)
    model = AutoModel.from_pretrained(checkpoint).eval()

    def read(code: str, context: str, layer: int, punctuation: bool) -> list[tuple[int, Any]]:
        before = tokenizer(f"{context} \n", add_special_tokens=False).input_ids if context else []
        ids = tokenizer(code, add_special_tokens=False).input_ids
        whole = [tokenizer.cls_token_id, *before, *ids, tokenizer.sep_token_id]
        with torch.no_grad():
            states = model(torch.tensor([whole]), output_hidden_states=True).hidden_states[layer][0]
        kept = []
        for place, token in enumerate(whole):
            text = tokenizer.convert_ids_to_tokens(token).strip("ĠĊĉ")
            signs = set(string.punctuation) - set("+-*/&|~")
            in_context = 0 < place <= len(before)
            if not in_context and (punctuation or not set(text) <= signs):
                kept.append((token, states[place]))
        return kept

    def mean(one: list[Any], other: list[Any], weigh: Callable[[int], float]) -> float:
        total = weights = 0.0
        for token, state in one:
            best = max(float(torch.cosine_similarity(state, x, dim=0)) for _, x in other)
            total += weigh(token) * best
            weights += weigh(token)
        return total / weights

    def score(
        candidate: str,
        reference: str,
        layer: int = LAYERS,
        context: str = "",
        punctuation: bool = False,
        corpus: tuple[str, ...] = (),
    ) -> tuple[float, ...]:
        def weigh(token: int) -> float:
            if token in (tokenizer.cls_token_id, tokenizer.sep_token_id):
                return 0.0
            holding = sum(token in tokenizer(one).input_ids for one in corpus)
            return math.log((len(corpus) + 1) / (holding + 1)) if corpus else 1.0

        y, x = (read(one, context, layer, punctuation) for one in (candidate, reference))
        p, r = mean(y, x, weigh), mean(x, y, weigh)
        return p, r, 2 * p * r / (p + r), 10 * p * r / (9 * p + r)

    return score


def numbers(scorer: CodeBertScorer, *rows: Any, **options: Any) -> list[tuple[float, ...]]:
    scores = scorer.score(*rows, **options)
    return [(one.precision, one.recall, one.f1, one.f3) for one in scores]


ROTATED = CODES[1:] + CODES[:1]


@pytest.mark.parametrize(("layer", "punctuation"), [(1, True), (LAYERS, False)])
def test_it_equals_a_slow_transcription_of_the_formula(
    checkpoint: str, slow: Any, layer: int, punctuation: bool
) -> None:
    scorer = CodeBertScorer(checkpoint, layer, punctuation=punctuation, batch_size=3)
    for got, pair in zip(
        numbers(scorer, CODES, ROTATED), zip(CODES, ROTATED, strict=True), strict=True
    ):
        assert got == pytest.approx(slow(*pair, layer, punctuation=punctuation), abs=1e-5)


def test_idf_and_contexts_equal_a_slow_transcription_too(scorer: Any, slow: Any) -> None:
    contexts = [f"# the task number {n}" for n in range(len(CODES))]
    idf = scorer.idf(ROTATED)
    found = numbers(scorer, CODES, ROTATED, contexts=contexts, idf=idf)
    for got, code, gold, context in zip(found, CODES, ROTATED, contexts, strict=True):
        wanted = slow(code, gold, context=context, corpus=tuple(ROTATED))
        assert got == pytest.approx(wanted, abs=1e-5)


def test_identical_code_scores_one_and_other_code_less(scorer: CodeBertScorer) -> None:
    for row in numbers(scorer, CODES, CODES):
        assert row == pytest.approx((1.0,) * 4, abs=1e-6)
    assert all(max(row) < 0.999 for row in numbers(scorer, CODES, ROTATED))


def test_f1_is_symmetric_and_precision_is_the_recall_of_the_exchange(scorer: Any) -> None:
    for one, other in zip(
        numbers(scorer, CODES, ROTATED), numbers(scorer, ROTATED, CODES), strict=True
    ):
        assert one[2] == pytest.approx(other[2], abs=1e-6)
        assert one[0] == pytest.approx(other[1], abs=1e-6)


def test_f3_leans_towards_recall(scorer: CodeBertScorer) -> None:
    for precision, recall, f1, f3 in numbers(scorer, CODES, ROTATED):
        assert min(precision, recall) - 1e-6 <= f3 <= max(precision, recall) + 1e-6
        assert abs(f3 - recall) <= abs(f1 - recall) + 1e-6


def test_what_a_pair_is_batched_with_does_not_change_its_score(checkpoint: str) -> None:
    long = " + ".join(CODES[:3] * 2)
    together = CodeBertScorer(checkpoint, batch_size=64)
    alone = CodeBertScorer(checkpoint, batch_size=1)
    rows = ([*CODES, long], [*ROTATED, CODES[0]])
    for one, other in zip(numbers(together, *rows), numbers(alone, *rows), strict=True):
        assert one == pytest.approx(other, abs=1e-5)


def test_white_space_around_the_code_does_not_count(scorer: CodeBertScorer) -> None:
    padded = [f"\n {code} \n" for code in CODES]
    for one, other in zip(
        numbers(scorer, padded, ROTATED), numbers(scorer, CODES, ROTATED), strict=True
    ):
        assert one == pytest.approx(other, abs=1e-6)


def test_nothing_to_score_is_zero(scorer: CodeBertScorer) -> None:
    rows = (["", "x", "", "()"], ["x", " ", "", "()"])
    assert numbers(scorer, *rows) == [(0.0, 0.0, 0.0, 0.0)] * 4
    assert scorer.score([], []) == []


def test_a_special_token_spelled_out_in_code_is_code(scorer: CodeBertScorer) -> None:
    with_token, without = numbers(scorer, ["x </s>", "x"], ["x", "x"])
    assert without == pytest.approx((1.0,) * 4, abs=1e-6)
    assert with_token[0] < 0.999


@pytest.mark.parametrize(("length", "size"), [(5, 8), (8, 8), (9, 8), (50, 8), (51, 16), (1, 8)])
def test_windows_keep_every_token_once_and_never_read_more_than_they_may(
    length: int, size: int
) -> None:
    covered: list[int] = []
    for start, stop, kept, end in windows(length, size):
        assert 0 <= start <= kept < end <= stop <= length
        assert stop - start <= size
        assert kept == 0 or kept - start >= size // 4
        covered += range(kept, end)
    assert covered == list(range(length))


def test_code_longer_than_the_model_reads_is_scored_whole(
    scorer: CodeBertScorer, tmp_path: Path
) -> None:
    short = CodeBertScorer(save(tmp_path, 12))
    codes = [" ".join(CODES), CODES[1]]
    same, _ = numbers(short, codes, codes)
    assert same == pytest.approx((1.0,) * 4, abs=1e-6)
    changed = codes[0].removesuffix("1}") + "y}"
    assert numbers(short, [changed], codes[:1])[0][0] < 0.999
    # What fits is read as it was.
    assert numbers(short, ["x"], ["y"])[0] == pytest.approx(numbers(scorer, ["x"], ["y"])[0])


def test_the_layer_is_the_last_unless_given_and_must_exist(checkpoint: str) -> None:
    assert CodeBertScorer(checkpoint).describe() == {"model": checkpoint, "layer": LAYERS}
    for layer in (0, LAYERS + 1):
        with pytest.raises(UsageError, match=f"layers 1 to {LAYERS}, got {layer}"):
            CodeBertScorer(checkpoint, layer)


def test_another_family_is_refused(checkpoint: str, tmp_path: Path) -> None:
    config = GPT2Config(vocab_size=320, n_embd=8, n_layer=1, n_head=1, n_positions=16)
    GPT2Model(config).save_pretrained(tmp_path)
    RobertaTokenizer.from_pretrained(checkpoint).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match="of the family 'gpt2'"):
        CodeBertScorer(str(tmp_path))


def test_a_checkpoint_that_is_not_there_or_not_whole_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot load") as caught:
        CodeBertScorer(str(tmp_path / "none"))
    assert "\n" not in str(caught.value)


def test_rows_must_be_as_many(scorer: CodeBertScorer) -> None:
    with pytest.raises(DataError, match="2 candidates, 1 references"):
        scorer.score(["a", "b"], ["a"])
