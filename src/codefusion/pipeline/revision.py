"""What a user wants revised: a draft and what to keep of it, as text; then as tokens.

Not for where those tokens stand in a sample: that is `draft`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from codefusion.data.codec import Codec, EncodedPrompt
from codefusion.errors import UsageError
from codefusion.pipeline.draft import Draft, Tokens

# What a fragment of a command begins with that is no beginning of the command.
NEVER_FIRST = {"bash": "-|&;"}
DEFAULT_STRENGTH = 0.6

Span = tuple[int, int]


@dataclass(frozen=True)
class Revision:
    """What is asked for, see `CodePipeline.__call__`.

    A `strength` of None is `DEFAULT_STRENGTH` where a draft is noised. Raises `UsageError` for an
    empty draft or fragment, a fragment that the draft has not, and a strength out of (0, 1].
    """

    draft: str | None
    keep: tuple[str, ...]
    strength: float | None = None

    @property
    def noised_to(self) -> float:
        """How far the draft is noised, in (0, 1]."""
        return DEFAULT_STRENGTH if self.strength is None else self.strength

    @property
    def can_be_searched(self) -> bool:
        """Whether programs may be looked for that hold what is kept, with nothing noised."""
        return bool(self.keep) and self.strength is None

    def __post_init__(self) -> None:
        if self.draft is not None and not self.draft.strip():
            raise UsageError("the draft is empty; give a program, or only what to keep")
        text = "".join((self.draft or "", *self.keep))
        if text.encode(errors="replace").decode() != text:
            raise UsageError("the draft, or what to keep, is no text: it is not UTF-8")
        if not all(one.strip() for one in self.keep):
            raise UsageError("there is nothing to keep in an empty text")
        if not 0.0 < self.noised_to <= 1.0:
            raise UsageError(f"strength must be above 0 and at most 1, got {self.strength}")
        for one in self.keep:
            if self.draft is not None and find_kept(self.draft, [one]) is None:
                raise UsageError(f"{one!r} is not in the draft; keep what stands in it")

    def encode(
        self,
        codec: Codec,
        prompt: EncodedPrompt,
        longest: int,
        drawn: Sequence[str] = (),
        language: str | None = None,
    ) -> Draft:
        """Return the draft as tokens; raises `UsageError` when it has more than `longest`.

        Without a draft of its own, it is the first of the `drawn` programs that holds all that is
        to be kept, and more. When none does, there is nothing but noise to start from.
        """
        slots = prompt.slots
        if self.draft is not None:
            return _checked(
                _with_pins(codec, slots, self.draft, self.keep, self.noised_to), longest
            )
        for one in drawn:
            if find_kept(one, self.keep) is not None:
                draft = _with_pins(codec, slots, one, self.keep, self.noised_to)
                # What a model writes may be broken characters, which take more tokens to spell.
                if draft.pinned < draft.length <= longest:
                    return draft
        # Each sample puts them at places of its own; votes and likelihood judge which. A program
        # may begin with the first, but no command begins with an option or a pipe.
        kept = [one.strip() for one in self.keep]
        inside = NEVER_FIRST.get(language or "", "")
        texts = [" " * (i > 0 or one[0] in inside) + one for i, one in enumerate(kept)]
        pins = tuple(tuple(codec.code(one, slots)) for one in texts)
        gaps: tuple[Tokens, ...] = ((),) * (len(pins) + 1)
        return _checked(Draft(gaps, pins, (True,) * len(gaps), 1.0), longest)


def find_kept(code: str, keep: Sequence[str]) -> list[Span] | None:
    """Return where each text of `keep` stands in `code`, None when one does not.

    White space is all alike. The longest texts choose first. Of several places, one that no other
    text has taken is preferred, then one that cuts no word, then one right of the text before it
    in `keep`, then the leftmost.
    """
    spans: dict[int, Span] = {}
    for index, text in sorted(enumerate(keep), key=lambda one: -len(one[1])):
        pattern = re.compile(r"\s+".join(map(re.escape, text.split())))
        found = [match.span() for match in pattern.finditer(code)]
        if not found:
            return None
        before = spans[index - 1][1] if index - 1 in spans else 0
        taken = list(spans.values())

        def cost(
            span: Span, before: int = before, taken: Sequence[Span] = taken
        ) -> tuple[bool, bool, bool, Span]:
            return _taken(span, taken), _cuts(code, span), span[0] < before, span

        spans[index] = min(found, key=cost)
    return [spans[index] for index in range(len(keep))]


def pinned_spans(
    codec: Codec, ids: Sequence[int], pinned: Sequence[bool], slots: Mapping[int, str]
) -> Iterator[Span]:
    """Yield the runs of characters, of the program that `ids` are, that come of pinned tokens."""
    held = [*pinned[: len(ids)], False]
    start = None
    for index, now in enumerate(held):
        if now and start is None:
            start = index
        elif not now and start is not None:
            yield len(codec.text(ids[:start], slots)), len(codec.text(ids[:index], slots))
            start = None


def _checked(draft: Draft, longest: int) -> Draft:
    if draft.length > longest:
        raise UsageError(
            f"the draft is too long: {draft.length} tokens, the model writes {longest}; shorten it"
        )
    return draft


def _with_pins(
    codec: Codec, slots: Mapping[int, str], text: str, keep: Sequence[str], strength: float
) -> Draft:
    """Encode a program that holds all of `keep`."""
    text = text.strip()
    ids = tuple(codec.code(text, slots))
    spans = find_kept(text, keep)
    assert spans is not None
    pins, gaps = _cut(ids, _whole_tokens(codec, ids, slots, text, spans))
    # What the draft begins or ends with stays there, and what is it all grows at its end.
    elastic = (bool(gaps[0]), *(True,) * (len(gaps) - 2), bool(gaps[-1])) if pins else (True,)
    return Draft(gaps, pins, elastic if any(elastic) else (False, True), strength)


def _taken(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _cuts(code: str, span: Span) -> bool:
    """Whether a word goes on at either end."""
    return any(0 < at < len(code) and code[at - 1].isalnum() and code[at].isalnum() for at in span)


def _whole_tokens(
    codec: Codec, ids: Tokens, slots: Mapping[int, str], text: str, spans: Sequence[Span]
) -> list[Span]:
    """Widen the spans to whole tokens and return those, in order; where they overlap, one."""
    places = list(_token_places(codec, ids, slots, text))
    found: list[Span] = []
    for begin, end in sorted(spans):
        touched = [i for i, place in enumerate(places) if place[0] < end and begin < place[1]]
        first, last = touched[0], touched[-1] + 1
        # The rest of a character that looks like a broken one: it spells U+FFFD itself.
        while last < len(places) and places[last][0] == places[last][1]:
            last += 1
        if found and first < found[-1][1]:
            first, last = found[-1][0], max(last, found.pop()[1])
        found.append((first, last))
    return found


def _token_places(codec: Codec, ids: Tokens, slots: Mapping[int, str], text: str) -> Iterator[Span]:
    """Yield from where to where each token stands; one that splits a character has all of it."""
    start = 0
    for count in range(1, len(ids) + 1):
        before = codec.text(ids[:count], slots)
        alike = itertools.takewhile(
            lambda pair: pair[0] == pair[1], zip(before, text, strict=False)
        )
        whole = len(list(alike))
        yield start, whole + (whole < len(before))
        start = whole


def _cut(ids: Tokens, spans: Sequence[Span]) -> tuple[tuple[Tokens, ...], tuple[Tokens, ...]]:
    """Return the tokens within the spans, and those before, between and after them."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(ids)]
    gaps = tuple(ids[end:start] for end, start in zip(ends, starts, strict=True))
    return tuple(ids[start:end] for start, end in spans), gaps


def asked_revision(
    draft: str | None, keep: str | Sequence[str], strength: float | None
) -> Revision | None:
    """Return what these options of a pipeline's call ask for; None where they ask for nothing.

    Raises `UsageError` for a `strength` without a draft or anything to keep.
    """
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    if draft is not None or keep:
        return Revision(draft, keep, strength)
    if strength is not None:
        raise UsageError("strength is how far to revise; give a draft, or what to keep")
    return None
