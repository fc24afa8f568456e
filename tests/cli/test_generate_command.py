import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

Run = Callable[..., Any]
QUICK = ("--steps", 2, "--samples", 4, "-k", 2)


def test_an_utterance_gives_ranked_candidates_one_a_line_and_nothing_on_stderr(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "list all files", "-m", checkpoint, *QUICK)
    assert done.stderr == ""
    assert 1 <= len(done.lines) <= 2
    for place, line in enumerate(done.lines, start=1):
        number, score, mark = line.split()[:3]
        assert number == str(place)
        assert 0 < int(score.removesuffix("%")) <= 100
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
        assert set(one) == {"code", "score", "seed", "steps", "valid"}
        assert isinstance(one["code"], str)
        assert 0.0 < one["score"] <= 1.0
        assert 0 <= one["seed"] < 4
        assert one["steps"] == 2
        assert isinstance(one["valid"], bool)


def candidates(done: Any) -> list[dict[str, Any]]:
    return list(done.json["results"][0]["candidates"])


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


def test_the_seed_of_a_candidate_gives_that_candidate_alone(
    codefusion: Run, checkpoint: Path
) -> None:
    shown = candidates(codefusion("generate", "who", "-m", checkpoint, *QUICK, "--json"))
    for one in shown:
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
        *("generate", "who", "-m", checkpoint, "--steps", steps, "--samples", 2, "-k", 1),
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


def test_an_unknown_language_is_one_line_with_the_nearest_one(codefusion: Run) -> None:
    message = codefusion("generate", "-l", "pyhton", "print").refusal(2)
    assert message.startswith("codefusion: unknown language 'pyhton'; did you mean 'python'?")


def test_an_unknown_sampler_is_one_line_with_the_nearest_one(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--scheduler", "unpic")
    assert "did you mean 'unipc'?" in done.refusal(2)


def test_neither_language_nor_model_is_one_line_that_says_what_to_add(codefusion: Run) -> None:
    assert "--language" in codefusion("generate", "list files").refusal(2)


@pytest.mark.parametrize("blank", ["", "   ", "\t\n"])
def test_an_empty_utterance_is_one_line(codefusion: Run, checkpoint: Path, blank: str) -> None:
    assert "empty" in codefusion("generate", blank, "-m", checkpoint).refusal(2)


def test_an_empty_input_is_one_line(codefusion: Run, checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n \n")
    for arguments in ([], ["--file", "-"], ["--file", tmp_path / "empty.txt"]):
        done = codefusion("generate", "-m", checkpoint, *arguments, stdin=b"\n")
        assert "empty" in done.refusal(2)


def test_an_utterance_longer_than_the_model_reads_is_one_line_with_both_lengths(
    codefusion: Run, checkpoint: Path
) -> None:
    message = codefusion("generate", "word " * 300, "-m", checkpoint).refusal(2)
    assert "too long" in message
    assert "64" in message


def test_more_steps_than_the_model_was_trained_with_is_one_line(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--steps", 5000)
    assert "1200" in done.refusal(2)


def test_an_utterance_and_a_file_together_are_one_line(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion("generate", "who", "-m", checkpoint, "--file", "x.txt")
    assert "not both" in done.refusal(2)


def test_an_argument_that_is_no_text_is_one_line(codefusion: Run, checkpoint: Path) -> None:
    assert "UTF-8" in codefusion("generate", "who \udcff", "-m", checkpoint).refusal(2)


def test_a_missing_file_of_utterances_is_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    done = codefusion("generate", "-m", checkpoint, "--file", tmp_path / "none.txt")
    assert "none.txt" in done.refusal(1)


def test_utterances_that_are_no_text_are_one_line(codefusion: Run, checkpoint: Path) -> None:
    assert "UTF-8" in codefusion("generate", "-m", checkpoint, stdin=b"\xff\xfe").refusal(1)


@pytest.mark.parametrize("name", ["nowhere", "/no/such/folder", "./none"])
def test_a_missing_model_is_one_line(codefusion: Run, name: str) -> None:
    assert name in codefusion("generate", "who", "-m", name).refusal(1)


def test_a_hub_model_without_a_network_is_one_line(codefusion: Run) -> None:
    assert "some/model" in codefusion("generate", "who", "-m", "some/model").refusal(1)


def test_a_folder_without_a_model_is_one_line(codefusion: Run, tmp_path: Path) -> None:
    assert str(tmp_path) in codefusion("generate", "who", "-m", tmp_path).refusal(1)


PARTS = [
    "model_index.json",
    "model/config.json",
    "model/model.safetensors",
    "scheduler/scheduler_config.json",
    "tokenizer/tokenizer.json",
    "tokenizer/tokenizer_config.json",
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("damage", ["truncated", "garbled", "emptied"])
def test_a_corrupt_checkpoint_is_one_line_that_names_it(
    codefusion: Run, checkpoint: Path, tmp_path: Path, part: str, damage: str
) -> None:
    copytree(checkpoint, tmp_path / "model")
    file = tmp_path / "model" / part
    content = file.read_bytes()
    if damage == "truncated":
        file.write_bytes(content[: len(content) // 2])
    else:
        file.write_bytes(b"\x00\xffgarbage{" if damage == "garbled" else b"")
    message = codefusion("generate", "who", "-m", tmp_path / "model").refusal(1)
    assert str(tmp_path / "model") in message


@pytest.mark.parametrize("part", ["model/config.json", "model/model.safetensors", "scheduler"])
def test_an_incomplete_checkpoint_is_one_line_that_names_it(
    codefusion: Run, checkpoint: Path, tmp_path: Path, part: str
) -> None:
    copytree(checkpoint, tmp_path / "model")
    (tmp_path / "model" / part).rename(tmp_path / "elsewhere")
    message = codefusion("generate", "who", "-m", tmp_path / "model").refusal(1)
    assert str(tmp_path / "model") in message


def test_weights_of_other_shapes_than_the_configuration_says_are_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    copytree(checkpoint, tmp_path / "model")
    file = tmp_path / "model" / "model" / "config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "hidden_size": 64}))
    assert str(tmp_path / "model") in codefusion(
        "generate", "who", "-m", tmp_path / "model"
    ).refusal(1)


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


def test_what_is_kept_of_a_draft_is_in_every_program_and_json_says_where(
    codefusion: Run, checkpoint: Path
) -> None:
    done = codefusion(
        *("generate", "list files", "-m", checkpoint, *QUICK, "--json"),
        *("--edit", "ls -l | wc", "--keep", "ls", "--keep", "| wc", "--strength", 0.5),
    )
    for one in candidates(done):
        kept = [one["code"][start:end] for start, end in one["pinned"]]
        assert kept == ["ls", "| wc"]


def test_a_draft_alone_pins_nothing_and_other_words_alone_give_it(
    codefusion: Run, checkpoint: Path
) -> None:
    arguments = ("generate", "list files", "-m", checkpoint, *QUICK, "--json")
    assert not any("pinned" in one for one in candidates(codefusion(*arguments, "--edit", "ls")))
    kept = candidates(codefusion(*arguments, "--keep", "ls"))
    assert all("ls" in one["code"] for one in kept)


@pytest.mark.parametrize(
    ("further", "message"),
    [
        (("--edit", "ls", "--keep", "grep"), "'grep' is not in the draft"),
        (("--edit", " "), "the draft is empty"),
        (("--keep", ""), "nothing to keep"),
        (("--edit", "ls", "--strength", 0), "strength must be above 0"),
        (("--strength", 0.5), "give a draft, or what to keep"),
    ],
)
def test_a_revision_that_cannot_be_is_one_line(
    codefusion: Run, checkpoint: Path, further: tuple[object, ...], message: str
) -> None:
    assert message in codefusion("generate", "who", "-m", checkpoint, *further).refusal(2)


def test_a_revision_of_several_utterances_is_one_line(codefusion: Run, checkpoint: Path) -> None:
    done = codefusion("generate", "-m", checkpoint, "--edit", "ls", stdin=b"one\ntwo\n")
    assert "of one utterance, got 2" in done.refusal(2)


def test_the_shipped_model_that_writes_from_the_left_says_that_it_cannot_revise(
    codefusion: Run,
) -> None:
    message = codefusion("generate", "who", "-l", "bash", "--edit", "w").refusal(2)
    assert "cannot revise" in message
    assert "take a diffusion model" in message
