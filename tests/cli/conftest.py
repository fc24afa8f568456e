"""The command line run as a user runs it, and an untrained model for it to load."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch

from codefusion.cli.main import main
from codefusion.data.examples import Example, write_jsonl


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[str]:
        """The answer's lines; only a newline ends one, whatever else a model may write."""
        assert self.stdout.endswith("\n")
        return self.stdout[:-1].split("\n")

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        assert len(self.lines) == 1
        return json.loads(self.stdout)

    def refusal(self, code: int) -> str:
        """Check that a mistake was told in exactly one line, and return it."""
        assert self.code == code, self
        assert self.stdout == ""
        assert self.stderr.count("\n") == 1, self.stderr
        assert self.stderr.startswith("codefusion: ")
        assert "Traceback" not in self.stderr
        return self.stderr


@pytest.fixture
def codefusion(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Outcome]:
    """Return a function that runs `codefusion` with arguments and gives what it left behind."""
    monkeypatch.setenv("ACCELERATE_USE_CPU", "true")
    monkeypatch.setenv("CODEFUSION_WARM", "0")  # whoever runs the tests may have a server
    torch.set_num_threads(1)

    def run(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["codefusion", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code
        return Outcome(int(code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def checkpoint(make_pipeline: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model of bash, whose programs happen to be valid now and then."""
    folder = tmp_path_factory.mktemp("checkpoint") / "bash"
    make_pipeline().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def hopeless(make_pipeline: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model of cf, whose programs are never valid."""
    folder = tmp_path_factory.mktemp("checkpoint") / "cf"
    make_pipeline(languages=["cf"]).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def pairs_file(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "pairs.jsonl"
    write_jsonl(path, examples)
    return path
