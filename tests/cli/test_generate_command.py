"""`codefusion generate`: its answers, in each form that it gives them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from generating import QUICK, candidates

Run = Callable[..., Any]


def test_an_utterance_gives_ranked_candidates_one_a_line_and_nothing_on_stderr(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "list all files", "-m", checkpoint, *QUICK)
    assert done.stderr == ""
    assert 1 <= len(done.lines) <= 2
    for place, line in enumerate(done.lines, start=1):
        number, score, mark = line.split()[:3]
        assert number == str(place)
        assert score == "<1%" or 0 < int(score.removesuffix("%")) <= 100
        assert mark in ("valid", "invalid")


def test_json_is_one_versioned_object_with_all_there_is_to_know_of_each_candidate(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "list all files", "-m", checkpoint, *QUICK, "--json")
    content = done.json
    assert content["version"] == 1
    (result,) = content["results"]
    assert result["utterance"] == "list all files"
    for one in result["candidates"]:
        assert set(one) == {"code", "score", "seed", "drawn", "steps", "valid"}
        assert isinstance(one["code"], str)
        assert 0.0 <= one["score"] <= 1.0
        assert 0 <= one["seed"] < 4
        assert isinstance(one["drawn"], bool)
        assert one["steps"] == 2
        assert isinstance(one["valid"], bool)


@pytest.mark.parametrize("k", [1, 3])
def test_at_most_k_different_programs_are_shown(codefusion: Run, checkpoint: Path, k: int) -> None:
    done = codefusion(
        *("generate", "list all files", "-m", checkpoint),
        *("--steps", 2, "--samples", 8, "-k", k, "--json"),
    )
    codes = [" ".join(one["code"].split()) for one in candidates(done)]
    assert 1 <= len(codes) <= k
    assert len(set(codes)) == len(codes)


def test_the_seed_repeats_the_output_exactly_and_another_one_does_not(
    codefusion: Run, checkpoint: Path
) -> None:
    def outcome(seed: int) -> str:
        done = codefusion(
            "generate", "count lines", "-m", checkpoint, *QUICK, "--json", "--seed", seed
        )
        return str(done.stdout)

    assert outcome(5) == outcome(5)
    assert outcome(5) != outcome(50)


def test_the_seed_of_a_candidate_that_was_drawn_gives_that_candidate_alone(
    codefusion: Run, checkpoint: Path
) -> None:
    many = ("--steps", 2, "--samples", 8, "-k", 8)
    shown = candidates(codefusion("generate", "who", "-m", checkpoint, *many, "--json"))
    drawn = [one for one in shown if one["drawn"]]
    assert drawn
    for one in drawn[:3]:
        again = codefusion(
            *("generate", "who", "-m", checkpoint, "--steps", 2, "--samples", 1, "-k", 1),
            *("--seed", one["seed"], "--json"),
        )
        assert candidates(again)[0]["code"] == one["code"]


def test_best_prints_the_best_program_and_no_more(codefusion: Run, checkpoint: Path) -> None:
    best = codefusion("generate", "who", "-m", checkpoint, *QUICK, "--best")
    listed = codefusion("generate", "who", "-m", checkpoint, *QUICK, "--json")
    assert best.stdout == candidates(listed)[0]["code"] + "\n"
    assert best.stderr == ""


@pytest.mark.parametrize("steps", [1, 5])
def test_trace_prints_one_line_for_each_denoising_step_from_pure_noise_on(
    codefusion: Run, checkpoint: Path, steps: int
) -> None:
    done = codefusion(
        *("generate", "who", "-m", checkpoint, "--steps", steps, "--samples", 1, "-k", 1),
        "--trace",
    )
    traced = [line.split() for line in done.lines if line.startswith("step ")]
    assert [int(words[1]) for words in traced] == list(range(1, steps + 1))
    noise = [int(words[3].removesuffix("%")) for words in traced]
    assert noise == sorted(noise, reverse=True)
    assert noise[0] == 100


def test_trace_in_json_ends_with_the_candidate_itself(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, *QUICK, "--trace", "--json")
    for one in candidates(done):
        assert [step["step"] for step in one["trace"]] == [1, 2]
        assert one["trace"][-1]["code"] == one["code"]


@pytest.mark.parametrize("utterance", ["who", "more than $5_{ or $6^", "größer als 三"])
def test_trace_image_is_a_picture_of_any_utterance_and_stdout_stays_the_answer(
    codefusion: Run, checkpoint: Path, tmp_path: Path, utterance: str
) -> None:
    plain = codefusion("generate", utterance, "-m", checkpoint, *QUICK)
    drawn = codefusion(
        "generate", utterance, "-m", checkpoint, *QUICK, "--trace-image", tmp_path / "t.png"
    )
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")
    assert drawn.stdout == plain.stdout
    assert drawn.stderr == f"wrote {tmp_path / 't.png'}\n"


def test_utterances_come_from_a_file_or_stdin_one_a_line_in_order(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    text = "list files\n\n  \nwho is logged in, and où ?\r\n".encode()
    (tmp_path / "utterances.txt").write_bytes(text)
    arguments = ("generate", "-m", checkpoint, *QUICK, "--json")
    from_file = codefusion(*arguments, "--file", tmp_path / "utterances.txt")
    said = [result["utterance"] for result in from_file.json["results"]]
    assert said == ["list files", "who is logged in, and où ?"]
    assert codefusion(*arguments, stdin=text).stdout == from_file.stdout
    assert codefusion(*arguments, "--file", "-", stdin=text).stdout == from_file.stdout


def test_an_utterance_in_company_gives_what_it_gives_alone(
    codefusion: Run, checkpoint: Path
) -> None:
    arguments = ("generate", "-m", checkpoint, *QUICK, "--json")
    together = codefusion(*arguments, stdin=b"list files\nshow all the many logs\n")
    alone = codefusion(*arguments, "list files")
    assert together.json["results"][0] == alone.json["results"][0]


def test_several_utterances_are_told_apart_in_plain_output(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "-m", checkpoint, *QUICK, stdin=b"one\ntwo\n")
    assert [line for line in done.lines if line.startswith("# ")] == ["# one", "# two"]


def test_without_any_valid_candidate_the_answer_is_printed_and_the_code_is_three(
    codefusion: Run, hopeless: Path
) -> None:
    done = codefusion("generate", "highlight values", "-m", hopeless, *QUICK, "--json")
    assert done.code == 3
    assert not any(one["valid"] for one in candidates(done))


def test_with_a_valid_candidate_for_every_utterance_the_code_is_zero(
    codefusion: Run, checkpoint: Path
) -> None:
    codes = set()
    for seed in range(0, 40, 4):
        done = codefusion("generate", "who", "-m", checkpoint, *QUICK, "--json", "--seed", seed)
        shown = candidates(done)
        assert done.code == (0 if any(one["valid"] for one in shown) else 3)
        # Valid programs come before the others.
        assert [one["valid"] for one in shown] == sorted((o["valid"] for o in shown), reverse=True)
        codes.add(done.code)
    assert 0 in codes


@pytest.mark.parametrize("name", ["renoising", "ddpm", "ddim", "dpm++", "unipc"])
def test_every_sampler_can_be_named(codefusion: Run, checkpoint: Path, name: str) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, *QUICK, "--scheduler", name)
    assert done.code in (0, 3)
    assert done.lines


def test_guidance_changes_the_programs(codefusion: Run, checkpoint: Path) -> None:
    arguments = ("generate", "who", "-m", checkpoint, *QUICK, "--json")
    assert codefusion(*arguments, "--guidance", 3).stdout != codefusion(*arguments).stdout


def test_as_a_process_only_the_answer_is_on_stdout_and_nothing_on_stderr(checkpoint: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "codefusion", "generate", "-m", str(checkpoint), "--json"),
            *("--steps", "2", "--samples", "2", "-k", "1"),
        ],
        input="who\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["version"] == 1
    assert done.returncode in (0, 3)
