"""What teachers think may stand at each place of the training programs: soft targets.

Not for the loss of them (`codefusion.models.baselines.token_loss`), nor for teaching by programs
that a teacher writes (`distillation`).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from codefusion.models.committee import Committee
from codefusion.models.outputs import Taught

KEPT = 8  # tokens of a place; what is beyond the likeliest few is noise
Place = tuple[Tensor, Tensor]


class Teacher:
    """Reads each pair once, however often it is trained on.

    In the batch that it first comes in: a resumed run reads it in another, and is the same run
    but for rounding. `end_token_id` is the learner's, which pads may end.
    """

    def __init__(self, committee: Committee, pad_id: int, end_token_id: int) -> None:
        self.committee, self.pad_id, self.end_token_id = committee.eval(), pad_id, end_token_id
        self._known: dict[bytes, Place] = {}

    @torch.no_grad()
    def __call__(self, batch: Mapping[str, Tensor]) -> Taught:
        """Return what may stand at each place of a batch's programs, and where they end.

        Of (rows, length) `code_ids`, (rows, length + 1, `KEPT`), as an auto-regressive model's
        targets; behind a program's end nothing is taught.
        """
        code, prompt = batch["code_ids"], batch["prompt_ids"]
        draws = len(code) // len(prompt)
        prompt, mask = (
            batch[name].repeat_interleave(draws, dim=0) for name in ("prompt_ids", "prompt_mask")
        )
        keys = [
            row[row != self.pad_id].cpu().numpy().tobytes()
            for row in torch.cat((prompt, torch.full_like(code[:, :1], -1), code), dim=1)
        ]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            self._read(code[new], prompt[new], mask[new], [keys[i] for i in new])
        size = (*code.shape[:1], code.shape[1] + 1, KEPT)
        tokens = torch.zeros(size, dtype=torch.long)
        chances = torch.zeros(size)
        for row, key in enumerate(keys):
            known = self._known[key]
            tokens[row, : len(known[0])], chances[row, : len(known[1])] = known
        return Taught(tokens.to(code.device), chances.to(code.device))

    def _read(self, code: Tensor, prompt: Tensor, mask: Tensor, keys: list[bytes]) -> None:
        model = self.committee
        begin = torch.full_like(code[:, :1], model.end_token_id)
        memory = model.prepare_prompt(model.encode(prompt, mask), mask)
        logits = model.logits(torch.cat((begin, code), dim=1), memory)
        best, tokens = logits.topk(KEPT, dim=-1)
        tokens = torch.where(tokens == model.end_token_id, self.end_token_id, tokens)
        chances = best.softmax(dim=-1)
        lengths = (code != self.pad_id).sum(dim=1).tolist()
        for row, key in enumerate(keys):
            places = slice(0, lengths[row] + 1)
            self._known[key] = tokens[row, places].cpu(), chances[row, places].cpu()
