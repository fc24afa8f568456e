"""Any model of the Hub as a system, fine-tuned or as it is: T5, CodeT5, CodeGen, StarCoder, …

Not for fine-tuning (`fine_tuning`), and not for models behind a server (`endpoint`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from codefusion.data.examples import Example
from codefusion.data.retrieval import Retriever
from codefusion.errors import UsageError
from codefusion.evaluation.grading import TOP, Prediction
from codefusion.quiet import quiet_libraries
from codefusion.ranking import Sample, rank
from codefusion.systems.hub_model import TEMPLATES, load_hub_model, mask_of, padded
from codefusion.systems.prompts import SEPARATOR, check_template, few_shot_text

FIVE = max(TOP)


class HubSystem:
    """Generates with a transformers model, by beam search or by sampling.

    `model` is a folder or a Hub id. `template` makes the prompt (see `prompts.fill`), `shots`
    examples of `train` come before it; those for which there is no room are left out, the least
    similar first. The answer ends at the end token, at `stop` (two newlines for a causal model),
    or after `max_new_tokens`.

    With `beams`, the five likeliest by beam search, the default; with `samples`, so many draws at
    `temperature`, ranked by how many agree on the text, then by likelihood. `batch_size` counts the
    sequences that are generated together.
    """

    def __init__(
        self,
        model: str,
        train: Sequence[Example] = (),
        kind: str = "auto",
        revision: str | None = None,
        template: str | None = None,
        shots: int = 0,
        beams: int | None = None,
        samples: int | None = None,
        temperature: float = 1.0,
        max_new_tokens: int = 128,
        stop: str | None = None,
        batch_size: int = 40,
        device: str = "cpu",
    ) -> None:
        if beams is not None and samples is not None:
            raise UsageError("beams or samples, not both")
        for name, value in (
            ("beams", beams),
            ("samples", samples),
            ("max_new_tokens", max_new_tokens),
        ):
            if value is not None and value < 1:
                raise UsageError(f"{name} must be at least 1, got {value}")
        if temperature <= 0:
            raise UsageError(f"temperature must be above 0, got {temperature}; use beams for none")
        if shots and not train:
            raise UsageError(f"{shots} shots need training examples; name some, or set shots to 0")
        quiet_libraries()
        self._hub = load_hub_model(model, kind, revision)
        self._hub.model.to(device)
        self._template = check_template(template or TEMPLATES[self._hub.kind])
        self._retriever = Retriever(train) if shots else None
        self._shots = shots
        self._samples = samples
        self._beams = (beams or FIVE) if samples is None else None
        self._temperature = temperature
        self._max_new_tokens = max_new_tokens
        self._stop = SEPARATOR if stop is None and self._hub.causal else stop
        self._at_once = max(1, batch_size // (samples or self._beams or 1))
        room = self._hub.max_length - (max_new_tokens if self._hub.causal else 0)
        if room < 1:
            raise UsageError(
                f"{model!r} has room for {self._hub.max_length} tokens, prompt included; "
                f"max_new_tokens must be less, got {max_new_tokens}"
            )
        self._room = room

    def describe(self) -> dict[str, str | int | float]:
        """Return the size, the checkpoint with its commit on the Hub, and the settings."""
        model = self._hub.model
        described: dict[str, str | int | float] = {
            "parameters": sum(one.numel() for one in model.parameters()),
            "model": self._hub.name,
            "kind": self._hub.kind,
            "revision": getattr(model.config, "_commit_hash", None) or "local",
            "template": self._template,
            "shots": self._shots,
            "max_new_tokens": self._max_new_tokens,
        }
        if self._samples is None:
            return {**described, "beams": self._beams or FIVE}
        return {**described, "samples": self._samples, "temperature": self._temperature}

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield at most five programs for each example; one too long for the model is an error."""
        for start in range(0, len(examples), self._at_once):
            chunk = examples[start : start + self._at_once]
            prompts = [self._prompt(example) for example in chunk]
            fitting = [ids for ids in prompts if len(ids) <= self._room]
            answers = iter(self._generate(fitting, seed + start) if fitting else [])
            for example, ids in zip(chunk, prompts, strict=True):
                if len(ids) <= self._room:
                    # An empty program is no answer.
                    yield Prediction(example, tuple(filter(None, next(answers)))[:FIVE])
                else:
                    reason = f"the prompt is too long: {len(ids)} tokens, room for {self._room}"
                    yield Prediction(example, (), reason)

    def _prompt(self, example: Example) -> list[int]:
        shots: list[Example] = []
        if self._retriever is not None:
            shots = self._retriever.neighbours(example.utterance, self._shots)
        while True:
            ids = self._hub.read(few_shot_text(self._template, shots, example))
            if len(ids) <= self._room or not shots:
                return ids
            shots.pop()

    @torch.inference_mode()
    def _generate(self, prompts: Sequence[Sequence[int]], seed: int) -> list[list[str]]:
        """Return the ranked distinct programs for each prompt."""
        hub = self._hub
        device = hub.model.device
        ids = padded(prompts, hub.pad_id, left=hub.causal)  # (prompts, length)
        mask = mask_of(prompts, left=hub.causal)
        count = self._samples or min(self._beams or FIVE, FIVE)
        options: dict[str, Any] = {"num_return_sequences": count, "pad_token_id": hub.pad_id}
        if self._samples is None:
            options |= {"do_sample": False, "num_beams": self._beams}
        else:
            # Else the checkpoint's own cuts of the distribution would apply.
            options |= {"num_beams": 1, "top_k": 0, "top_p": 1.0, "output_logits": True}
            options |= {"do_sample": True, "temperature": self._temperature}
        if self._stop is not None:
            options |= {"stop_strings": [self._stop], "tokenizer": hub.tokenizer}
        if hub.model.generation_config.eos_token_id is None:
            options["eos_token_id"] = hub.eos_id
        # transformers draws from the global generator, which is put back afterwards.
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            output = hub.model.generate(
                input_ids=ids.to(device),
                attention_mask=mask.to(device),
                max_new_tokens=self._max_new_tokens,
                return_dict_in_generate=True,
                **options,
            )
        # A sequence-to-sequence model starts from one token of its own.
        written = output.sequences[:, ids.shape[1] if hub.causal else 1 :]
        codes = [self._code(one) for one in written]
        rows = [codes[at : at + count] for at in range(0, len(codes), count)]
        if self._samples is None:
            return [_distinct(row) for row in rows]
        sure = iter(self._likelihoods(written, output.logits))
        drawn = [[Sample(code, at, next(sure)) for at, code in enumerate(row)] for row in rows]
        return [[one.sample.code for one in rank(row, None) if one.first] for row in drawn]

    def _code(self, ids: Tensor) -> str:
        text = self._hub.text(ids)
        if self._stop is not None:
            text = text.partition(self._stop)[0]
        return text.strip()

    def _likelihoods(self, written: Tensor, logits: Sequence[Tensor]) -> list[float]:
        """Return the mean log probability per token of each row before its end.

        `written` is (rows, steps), and `logits` holds (rows, vocabulary) for each step.
        """
        chances = [one.float().log_softmax(dim=-1) for one in logits]
        steps = zip(chances, written.T, strict=True)
        each = torch.stack([one.gather(1, ids[:, None])[:, 0] for one, ids in steps], dim=1)
        ends = torch.tensor([self._hub.eos_id, self._hub.pad_id], device=written.device)
        before = (~torch.isin(written, ends)).cumprod(dim=1)
        total: Tensor = (each * before).sum(dim=1) / before.sum(dim=1).clamp_min(1)
        return [float(one) for one in total]


def _distinct(codes: Sequence[str]) -> list[str]:
    """Return the codes in order, without those that differ from an earlier one in white space."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(" ".join(code.split()), code)
    return list(found.values())
