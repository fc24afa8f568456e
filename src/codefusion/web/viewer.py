"""One answer's denoising as a single page that works from disk, without a network.

Not for the page that asks a server: that is `page/index.html`. Needs no extra.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codefusion import __version__
from codefusion.errors import DataError
from codefusion.traces import as_json

if TYPE_CHECKING:
    from codefusion.pipeline import Candidate

PAGE = Path(__file__).parent / "page"

_SCRIPTS = ("tokens.js", "charts.js", "card.js", "viewer.js")
# What it holds is all that it may load.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="lead">{lead}</p>
</header>
<main id="viewer"><noscript>The slider needs JavaScript. The programs: {programs}</noscript></main>
<footer>Made by CodeFusion {version}. Nothing here is loaded from, or sent to, anywhere.</footer>
<script type="application/json" id="answer">{answer}</script>
<script>
{script}
new codefusion.Viewer(document.getElementById("viewer")).show(
  JSON.parse(document.getElementById("answer").textContent), "{measure}",
);
</script>
</body>
</html>
"""


def viewer_page(
    model: str, utterance: str, candidates: Sequence[Candidate], measure: str = "noise"
) -> str:
    """Return the page of traced candidates, the best first.

    `measure` is what their noise levels are shares of.
    """
    traces = as_json([one.trace for one in candidates])
    answer: dict[str, Any] = {
        "candidates": [
            {
                "code": one.code,
                "score": one.score,
                "valid": one.valid,
                "seed": one.seed,
                "pinned": one.pinned,
                "trace": trace,
            }
            for one, trace in zip(candidates, traces, strict=True)
        ]
    }
    steps = max(map(len, traces), default=0)
    lead = f"{len(candidates)} programs of the model {model}, denoised in {steps} steps. "
    return _HTML.format(
        policy=_POLICY,
        title=html.escape(utterance),
        lead=html.escape(lead + "Move the slider, or press its arrow keys."),
        programs=html.escape(" | ".join(one.code for one in candidates)),
        style=(PAGE / "style.css").read_text(encoding="utf-8"),
        script="".join((PAGE / name).read_text(encoding="utf-8") for name in _SCRIPTS),
        # A program may hold "</script>", which would end it here.
        answer=json.dumps(answer, ensure_ascii=False).replace("<", "\\u003c"),
        measure=measure,
        version=__version__,
    )


def write_viewer(
    path: Path,
    model: str,
    utterance: str,
    candidates: Sequence[Candidate],
    measure: str = "noise",
) -> None:
    """Write the page of traced candidates; raises `DataError` when `path` cannot be written."""
    page = viewer_page(model, utterance, candidates, measure)
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot write {str(path)!r}: {error.strerror}") from error
