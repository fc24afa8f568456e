"""Programs that people wrote: which they are, and how one of them is spelled on.

Of each there is a fingerprint, and a trace of how it begins in a filter of all beginnings, by which
a search can be kept to known programs. Not for how much it speaks for a program that it is known:
that is `jury`.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

# Beginnings are told apart by two polynomials of their bytes, which grow by a token in one step.
PRIME = 2**31 - 1
BASES = (911382323, 972663749)
END = b"\0"  # behind a whole program
# A Bloom filter (1970): with so many bits for each beginning, and places of each in it, one in a
# hundred thousand others is taken for one. With thousands of tokens that may come next it must be
# as few, or what goes on from one of those would go on for ever.
BITS, PLACES = 24, 16
LEAST_BYTES = 1 << 13  # in a small filter places fall together

Reader = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class KnownPrograms:
    """`fingerprints` of whole programs, and `beginnings`, the bits of a Bloom filter.

    Without the latter nothing can be searched for.
    """

    fingerprints: frozenset[int] = frozenset()
    beginnings: bytes = b""

    @classmethod
    def of(cls, programs: Iterable[str]) -> KnownPrograms:
        """Take down programs, whatever their white space."""
        texts = {" ".join(program.split()) for program in programs}
        hashes = np.array(sorted({h for text in texts for h in _beginnings(text)}), dtype=np.int64)
        size = max(LEAST_BYTES, math.ceil(BITS * len(hashes) / 8)) if len(hashes) else 0
        bits = np.zeros(8 * size, dtype=bool)
        for place in range(PLACES if len(hashes) else 0):
            bits[(hashes[:, 0] + place * hashes[:, 1]) % len(bits)] = True
        return cls(
            frozenset(map(fingerprint, texts)), np.packbits(bits, bitorder="little").tobytes()
        )

    def __contains__(self, program: str) -> bool:
        return fingerprint(program) in self.fingerprints

    def __len__(self) -> int:
        return len(self.fingerprints)

    @functools.cached_property
    def _bits(self) -> Tensor:
        packed = np.frombuffer(self.beginnings, dtype=np.uint8)
        return torch.from_numpy(np.unpackbits(packed, bitorder="little")).bool()

    def begin_with(self, hashes: Tensor) -> Tensor:
        """Return (...), True where a program begins so, by the `hashes` (..., 2) of the text.

        Of those that none begins with, one in a hundred thousand is taken for one.
        """
        one, other = hashes[..., 0].flatten(), hashes[..., 1].flatten()
        size = len(self._bits)
        found = self._bits[one % size]
        left = found.nonzero()[:, 0]
        one, other = one[left], other[left]
        for place in range(1, PLACES):
            stays = self._bits[(one + place * other) % size]
            left, one, other = left[stays], one[stays], other[stays]
        found.zero_()[left] = True
        return found.view(hashes.shape[:-1])

    def only(
        self, read: Reader, pieces: Sequence[Sequence[str | None]], width: int, end: int
    ) -> Reader:
        """Return `read` of a beam search, with -inf for what no known program goes on with.

        `pieces` are the texts of all tokens, for each of the searches of `width` rows, None for
        what cannot be written.
        """
        searches = len(pieces)
        tables = [_grown(one) for one in pieces]
        powers, values = (torch.stack(each) for each in zip(*tables, strict=True))
        (end_power,), (end_value,) = _grown([END.decode()])
        of_row = torch.arange(searches).repeat_interleave(width)
        written = torch.tensor([[bool(piece) for piece in one] for one in pieces])[:, None]
        state: list[Tensor] = []

        def only_known(tokens: Tensor, parents: Tensor) -> Tensor:
            logs = read(tokens, parents)
            if not state:
                state.append(torch.zeros(len(tokens), 2, dtype=torch.int64))
            else:
                last, added = state[0][parents.cpu()], tokens.cpu()
                state[0] = (last * powers[of_row, added] + values[of_row, added]) % PRIME
            now = state[0].view(searches, width, 1, 2)
            may = self.begin_with((now * powers[:, None] + values[:, None]) % PRIME) & written
            may[..., end] = self.begin_with((now[:, :, 0] * end_power + end_value) % PRIME)
            return logs.masked_fill(~may.view(len(tokens), -1).to(logs.device), -torch.inf)

        return only_known


def fingerprint(program: str) -> int:
    """Return 63 bits that tell a program from others, whatever its white space."""
    digest = hashlib.sha256(" ".join(program.split()).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _beginnings(text: str) -> Iterator[tuple[int, int]]:
    one = other = 0
    for byte in text.encode() + END:
        one, other = (
            (h * base + byte + 1) % PRIME for h, base in zip((one, other), BASES, strict=True)
        )
        yield one, other


def _grown(pieces: Sequence[str | None]) -> tuple[Tensor, Tensor]:
    """Return by what the hashes of a text are multiplied, and what is added, per piece: (n, 2)."""
    both = torch.tensor([_growth(piece or "") for piece in pieces])
    return both[:, :2], both[:, 2:]


@functools.lru_cache(maxsize=1 << 16)  # of a vocabulary, only slots change from search to search
def _growth(piece: str) -> tuple[int, ...]:
    size = len(piece.encode())
    powers = (pow(base, size, PRIME) for base in BASES)
    added = list(_beginnings(piece))[size - 1] if size else (0, 0)
    return (*powers, *added)
