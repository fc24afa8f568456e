"""Which rows make a batch: every one once, the same ones after an interruption."""

from collections import Counter
from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from codefusion.data.batching import Bucketing, pad_rows, plan_epoch, plans_from
from codefusion.errors import UsageError

BUCKETS = Bucketing((8, 16, 32), promotion=0.25)
LENGTHS = [1 + (7 * i) % 32 for i in range(203)]


@given(
    lengths=st.lists(st.integers(0, 32), min_size=1, max_size=80),
    batch_size=st.integers(1, 9),
    epoch=st.integers(0, 3),
    prompts=st.sampled_from([None, 5, 1]),
)
@settings(deadline=None)
def test_every_row_occurs_once_an_epoch_up_to_the_last_few(lengths, batch_size, epoch, prompts):
    by_prompt = None if prompts is None else [(7 * i) % prompts for i in range(len(lengths))]
    plans = plan_epoch(lengths, batch_size, BUCKETS, 1, epoch, by_prompt)
    assert all(len(plan.rows) == batch_size for plan in plans)
    counts = Counter(row for plan in plans for row in plan.rows)
    assert set(counts) <= set(range(len(lengths)))
    if len(lengths) >= batch_size:
        assert set(counts.values()) == {1}
        assert len(lengths) - len(counts) < batch_size
    else:
        assert set(counts) == set(range(len(lengths)))


@given(lengths=st.lists(st.integers(0, 32), min_size=1, max_size=80), batch_size=st.integers(1, 9))
@settings(deadline=None)
def test_the_width_holds_every_program_and_a_pad(lengths, batch_size):
    for plan in plan_epoch(lengths, batch_size, BUCKETS, seed=1, epoch=0):
        assert plan.width in BUCKETS.widths
        longest = max(lengths[row] for row in plan.rows)
        # In the widest window a program may fill every position.
        assert plan.width >= min(longest + 1, 32)


def test_without_promotion_no_batch_is_wider_than_it_need_be():
    never = Bucketing((8, 16, 32), promotion=0.0)
    for plan in plan_epoch(LENGTHS, 5, never, seed=0, epoch=0):
        longest = max(LENGTHS[row] for row in plan.rows)
        assert plan.width == next(w for w in (8, 16, 32) if w >= min(longest + 1, 32))


def test_promotion_shows_short_programs_in_wide_windows():
    def share_widened(promotion):
        plans = plan_epoch([3] * 4000, 4, Bucketing((8, 16, 32), promotion), seed=0, epoch=0)
        return sum(plan.width > 8 for plan in plans) / len(plans)

    assert share_widened(0.0) == 0.0
    # A third of the promoted batches are sent back to where they came from.
    assert share_widened(0.5) == pytest.approx(1 / 3, abs=0.05)
    assert share_widened(1.0) == pytest.approx(2 / 3, abs=0.05)


def test_plans_are_a_function_of_seed_and_epoch():
    def plans(seed, epoch):
        return plan_epoch(LENGTHS, 8, BUCKETS, seed, epoch)

    assert plans(3, 1) == plans(3, 1)
    assert plans(3, 1) != plans(3, 2)
    assert plans(3, 1) != plans(4, 1)


def test_batches_hold_prompts_of_like_length_when_these_are_known():
    prompts = [5 + (11 * i) % 60 for i in range(4000)]

    def spread(plans):
        widths = [[prompts[row] for row in plan.rows] for plan in plans]
        return sum(max(rows) - min(rows) for rows in widths) / len(widths)

    lengths = [3] * len(prompts)
    mixed = plan_epoch(lengths, 8, BUCKETS, seed=0, epoch=0)
    alike = plan_epoch(lengths, 8, BUCKETS, seed=0, epoch=0, prompt_lengths=prompts)
    assert spread(alike) < 0.3 * spread(mixed)


def test_batches_are_not_ordered_by_width():
    widths = [plan.width for plan in plan_epoch(LENGTHS, 4, BUCKETS, seed=0, epoch=0)]
    assert widths != sorted(widths)


@pytest.mark.parametrize("step", [1, 24, 25, 26, 80])
def test_going_on_from_a_step_equals_never_having_stopped(step):
    def plans(start):
        return plans_from(start, LENGTHS, 8, BUCKETS, seed=5)

    uninterrupted = list(islice(plans(0), step + 40))
    assert list(islice(plans(step), 40)) == uninterrupted[step:]


def test_fewer_rows_than_a_batch_are_repeated_to_fill_one():
    plans = plan_epoch([3, 4, 5], 8, BUCKETS, seed=0, epoch=0)
    assert len(plans) == 1
    counts = Counter(plans[0].rows)
    assert set(counts) == {0, 1, 2}
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize("world", [1, 2, 4])
def test_the_processes_of_a_run_share_a_batch_out_without_overlap(
    world, tokenizer, examples, model
):
    from codefusion.data.codec import Codec
    from codefusion.training.corpus import encode_pairs, special_ids
    from codefusion.training.recipe import Phase
    from codefusion.training.tasks import finetuning_batches

    rows, _ = encode_pairs(examples, Codec(tokenizer), 64, 16)

    def codes(world, rank):
        batches = finetuning_batches(
            rows,
            Phase(batch_size=8),
            model.config,
            Bucketing((16,)),
            special_ids(tokenizer),
            self_conditioning=0.5,
            seed=0,
            rank=rank,
            world=world,
        )
        return next(batches)

    whole = Counter(map(tuple, codes(1, 0)["code_ids"].tolist()))
    parts = [codes(world, rank) for rank in range(world)]
    shared = Counter(tuple(row) for part in parts for row in part["code_ids"].tolist())
    assert shared == whole
    assert {len(part["code_ids"]) for part in parts} == {8 // world}
    if world > 1:  # each process draws noise of its own
        assert not torch.equal(parts[0]["noise"], parts[1]["noise"])


def test_padding_marks_exactly_the_tokens():
    ids, mask = pad_rows([[5, 6, 7], [], [8]], pad_id=9, width=4)
    assert ids.tolist() == [[5, 6, 7, 9], [9, 9, 9, 9], [8, 9, 9, 9]]
    assert mask.tolist() == [[1, 1, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]


def test_rows_are_padded_to_the_longest_when_no_width_is_given():
    ids, _ = pad_rows([[1], [2, 3]], pad_id=0)
    assert ids.shape == (2, 2)


@pytest.mark.parametrize(
    ("widths", "promotion", "message"),
    [
        ((), 0.2, "must rise"),
        ((16, 8), 0.2, "must rise"),
        ((8, 8), 0.2, "must rise"),
        ((8,), 1.5, r"promotion must be in \[0, 1\], got 1.5"),
    ],
)
def test_buckets_that_make_no_sense_are_refused(widths, promotion, message):
    with pytest.raises(UsageError, match=message):
        Bucketing(widths, promotion)
