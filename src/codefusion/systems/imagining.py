"""Utterances that a language model makes up, each with its likeliest program: pairs to teach by.

Not for programs of utterances that are there (`training.distillation`), nor for the grammars that
make up commands and rules (`data.generators`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch

from codefusion.data.benchmarks import held_out
from codefusion.data.examples import Example
from codefusion.errors import UsageError
from codefusion.languages import get_language
from codefusion.systems.hub_model import HubModel, mask_of, padded
from codefusion.systems.prompts import check_template

FIELD = "{utterance}"
# So many batches without anything new and valid, and it is given up.
PATIENCE = 8


def imagined(
    hub: HubModel,
    template: str,
    language: str,
    count: int,
    seed: int = 0,
    at_once: int = 64,
    max_new_tokens: int = 64,
) -> Iterator[Example]:
    """Yield `count` pairs with different utterances and valid programs.

    The model continues what `template` has before its `{utterance}`, by sampling, up to the line's
    end; and then the whole prompt, always by the likeliest token, up to the end token. It should
    have learned its prompts, too (`fine_tune(..., learn_prompts=True)`). `max_new_tokens` is for
    each of the two; what does not end within is left out, and so is what the hashed split would
    hold out. The same seed gives the same pairs. Raises `UsageError` for a model or a template
    that this cannot be done with, and where several batches in a row bring nothing new.
    """
    lead, field, rest = check_template(template).partition(FIELD)
    if not field or not rest.startswith("\n"):
        raise UsageError(f"a template must have {FIELD} at the end of a line, got {template!r}")
    if not hub.causal:
        raise UsageError(f"{hub.name} reads and writes apart: it cannot make up what it reads")
    lead = lead.replace("{language}", language)
    # Tokens begin with their space: what is to be continued ends before it.
    stem = lead.rstrip()
    is_valid = get_language(language).is_valid
    known: set[str] = set()
    barren = 0
    for batch in itertools.count():
        drawn = _continued(hub, [stem] * at_once, max_new_tokens, "\n", seed + batch)
        said = {" ".join(one.split()): None for one in drawn if one.strip()}
        new = [one for one in said if one.lower() not in known and not held_out(one, language)]
        written = _continued(hub, [lead + one + rest for one in new], max_new_tokens)
        pairs = [
            Example(one, code.strip(), language)
            for one, code in zip(new, written, strict=True)
            if code.strip() and is_valid(code)
        ]
        for pair in pairs[: count - len(known)]:
            known.add(pair.utterance.lower())
            yield pair
        if len(known) == count:
            return
        barren = 0 if pairs else barren + 1
        if barren == PATIENCE:
            raise UsageError(f"{hub.name} makes up nothing new that is valid; teach it longer")


@torch.inference_mode()
def _continued(
    hub: HubModel, prompts: list[str], max_new_tokens: int, until: str = "", seed: int | None = None
) -> list[str]:
    """Return what follows each prompt, before `until` or the end token; else an empty text.

    With a seed it is drawn, without it is the likeliest token each time.
    """
    if not prompts:
        return []
    read = [hub.read(one) for one in prompts]
    options: dict[str, Any] = {"do_sample": False}
    if seed is not None:
        options = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}
    if until:
        options |= {"stop_strings": [until], "tokenizer": hub.tokenizer}
    with torch.random.fork_rng():
        torch.manual_seed(0 if seed is None else seed)
        output = hub.model.generate(
            input_ids=padded(read, hub.pad_id, left=True).to(hub.model.device),
            attention_mask=mask_of(read, left=True).to(hub.model.device),
            max_new_tokens=max_new_tokens,
            num_beams=1,
            pad_token_id=hub.pad_id,
            eos_token_id=hub.eos_id,
            **options,
        )
    texts = []
    for ids in output[:, max(map(len, read)) :]:
        ended = hub.eos_id in ids.tolist()
        text, stop, _ = hub.text(ids).partition(until) if until else (hub.text(ids), "", "")
        texts.append(text if (stop if until else ended) else "")
    return texts
