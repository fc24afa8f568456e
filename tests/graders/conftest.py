"""What holds around each test of the sandbox, see `sandboxes.ON_LINUX`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandboxes import CALM, left_over

from codefusion.graders.sandbox import run


@pytest.fixture
def _nothing_is_left() -> Iterator[None]:
    yield
    assert left_over() == []


@pytest.fixture(scope="module")
def _a_good_program_still_passes() -> Iterator[None]:
    yield
    assert run("print('still fine')", CALM).passed
