from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer, RobertaConfig, RobertaForMaskedLM

from codefusion.benchmark.plan import Plan, SystemPlan, Task
from codefusion.benchmark.suite import run
from codefusion.data.examples import Example, write_jsonl


@pytest.fixture
def roberta(codet5_folder: Path, tmp_path: Path) -> Path:
    """A RoBERTa of one small layer, with the vocabulary of the tiny CodeT5."""
    folder = tmp_path / "roberta"
    tokenizer = AutoTokenizer.from_pretrained(codet5_folder)
    tokenizer.save_pretrained(folder)
    config = RobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        RobertaForMaskedLM(config).save_pretrained(folder)
    return folder


def test_a_checkpoint_for_code_bert_score_puts_the_papers_metric_into_table_one(
    roberta: Path, tmp_path: Path
) -> None:
    rows = [Example("sort d", "sorted(d)", "python"), Example("square of x", "x ** 2", "python")]
    write_jsonl(tmp_path / "pairs.jsonl", rows)
    plan = Plan(
        name="python",
        split="own pairs",
        folder=str(tmp_path),
        tasks={"python": Task("pairs.jsonl", "pairs.jsonl")},
        systems={"nearest": SystemPlan("retrieval")},
        code_bert=str(roberta),
    )
    list(run(plan, tmp_path / "out", "codefusion benchmark"))
    report = (tmp_path / "out" / "report.md").read_text()
    assert "Python code bert score top-1" in report
    assert "| nearest | 100.0 [100.0, 100.0] |" in report  # retrieval finds the very pairs
    assert "| paper: CodeFusion (75M) | 80.7 |" in report
    without = Plan(**{**vars(plan), "code_bert": None})
    list(run(without, tmp_path / "without", "codefusion benchmark"))
    report = (tmp_path / "without" / "report.md").read_text()
    assert "code bert score" not in report
    assert "80.7" not in report  # the paper's figure belongs to the paper's metric
