import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codefusion.data.examples import Example, write_jsonl

Run = Callable[..., Any]
QUICK = ("--steps", 2, "--samples", 5)
METRICS = ("exact_match", "normal_form_match", "validity")


def test_json_holds_every_metric_at_top_one_three_and_five_in_percent_with_intervals(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    done = codefusion("evaluate", checkpoint, pairs_file, *QUICK, "--json")
    assert done.code == 0
    content = done.json
    assert content["version"] == 1
    assert content["n"] == 8
    assert (content["samples"], content["steps"], content["seed"]) == (5, 2, 0)
    for metric in METRICS:
        assert list(content[metric]) == ["top1", "top3", "top5"]
        for top, value in content[metric].items():
            low, high = content[f"{metric}_interval"][top]
            assert 0 <= low <= value <= high <= 100
        assert content[f"{metric}_n"] == 8
    assert content["literal_fidelity_n"] == 3  # notes.txt, /home and TODO
    exact = content["exact_match"]
    assert exact["top1"] <= exact["top3"] <= exact["top5"]


def test_the_table_has_one_line_for_each_metric_and_says_n(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    done = codefusion("evaluate", checkpoint, pairs_file, *QUICK, "--limit", 3)
    header, *rows, last = done.lines
    assert header.split()[-1] == "n=3"
    names = [*METRICS, "literal_fidelity", "template_match", "soft_template_score", "nlc2cmd_score"]
    assert [row[:20].strip() for row in rows] == [name.replace("_", " ") for name in names]
    assert re.fullmatch(r"calibration error +\d+\.\d", last)  # of all candidates, no row's own
    # Of the first three pairs, one has a literal: notes.txt.
    assert [row.split("n=")[1:] for row in rows] == [
        ["1"] if "literal" in row else [] for row in rows
    ]


def test_evaluating_twice_gives_the_same_numbers(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    arguments = ("evaluate", checkpoint, pairs_file, *QUICK, "--seed", 3)
    assert codefusion(*arguments).stdout == codefusion(*arguments).stdout


def test_predictions_are_written_one_line_for_each_pair(
    codefusion: Run, checkpoint: Path, pairs_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "out" / "predictions.jsonl"
    codefusion("evaluate", checkpoint, pairs_file, *QUICK, "--predictions", file)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == 8
    assert [row["gold"] for row in rows][:2] == ["ls -lS", "wc -l notes.txt"]
    assert all(len(row["candidates"]) == 5 for row in rows)


def test_unreadable_utterances_are_counted_on_stderr_and_named_in_the_predictions(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "pairs.jsonl", tmp_path / "predictions.jsonl"
    write_jsonl(file, [Example("who", "who", "bash"), Example("word " * 300, "ls", "bash")])
    done = codefusion("evaluate", checkpoint, file, *QUICK, "--json", "--predictions", out)
    assert done.code == 0
    assert done.json["n"] == 2
    assert done.stderr.startswith("1 utterances could not be read")
    errors = [json.loads(line).get("error") for line in out.read_text().splitlines()]
    assert errors[0] is None
    assert "too long" in errors[1]


def test_retrieval_on_its_own_training_pairs_is_right_every_time(
    codefusion: Run, pairs_file: Path
) -> None:
    done = codefusion("evaluate", "retrieval", pairs_file, "--train", pairs_file, "--json")
    assert done.code == 0
    assert done.json["exact_match"]["top1"] == 100.0
    assert done.json["exact_match_interval"]["top1"] == [100.0, 100.0]
    assert "samples" not in done.json  # it draws none


def test_retrieval_without_training_pairs_is_one_line(codefusion: Run, pairs_file: Path) -> None:
    assert "--train" in codefusion("evaluate", "retrieval", pairs_file).refusal(2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"utterance": "u", "code"', "broken JSON"),
        ("[1, 2]", "object"),
        ('{"utterance": "u", "language": "bash"}', "'code'"),
        ('{"utterance": "", "code": "ls", "language": "bash"}', "'utterance' is empty"),
        ('{"utterance": "u", "code": 3, "language": "bash"}', "'code' must be text"),
        ('{"utterance": "u", "code": "ls", "language": "bsah"}', "did you mean 'bash'?"),
        ('{"utterance": "u", "code": "ls"}', "language"),
    ],
)
def test_a_broken_row_is_one_line_with_its_file_and_line_number(
    codefusion: Run, checkpoint: Path, tmp_path: Path, line: str, reason: str
) -> None:
    file = tmp_path / "pairs.jsonl"
    good = '{"utterance": "who", "code": "who", "language": "bash"}'
    file.write_text(f"{good}\n\n{line}\n{good}\n")
    message = codefusion("evaluate", checkpoint, file).refusal(1)
    assert f"{file}:3: " in message
    assert reason in message


def test_a_missing_or_empty_file_is_one_line(
    codefusion: Run, checkpoint: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    for name in ("none.jsonl", "empty.jsonl", ""):
        assert str(tmp_path) in codefusion("evaluate", checkpoint, tmp_path / name).refusal(1)


def test_a_missing_model_is_one_line(codefusion: Run, pairs_file: Path) -> None:
    assert "nowhere" in codefusion("evaluate", "nowhere", pairs_file).refusal(1)


def test_an_unknown_language_is_one_line_with_the_nearest_one(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    done = codefusion("evaluate", checkpoint, pairs_file, "-l", "bahs")
    assert "did you mean 'bash'?" in done.refusal(2)


def test_an_option_the_model_has_not_is_one_line_and_not_a_score_of_nothing(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    for arguments, message in [
        (("--rounding", "clampin"), "did you mean 'clamping'?"),
        (("--rounding", "clamping", "--decoder-feedback"), "no decoder feedback"),
        (("--beams", 3), "no beams"),
    ]:
        done = codefusion("evaluate", checkpoint, pairs_file, *QUICK, *arguments)
        assert message in done.refusal(2)


def test_the_ablation_that_was_measured_is_told(
    codefusion: Run, checkpoint: Path, pairs_file: Path
) -> None:
    done = codefusion(
        "evaluate", checkpoint, pairs_file, *QUICK, "--rounding", "grounding", "--json"
    )
    assert (done.json["rounding"], done.json["beams"]) == ("grounding", 0)
