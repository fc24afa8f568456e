"""Programs that people wrote: which they are, and how one of them may be spelled on.

Of each there is a fingerprint, and a trace of how it begins, by which a search can be led to known
programs. Not for how much it speaks for a program that it is known: that is `jury`.
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

# Beginnings are told apart by a polynomial of their bytes, which grows by a byte in one step.
PRIME = 2**31 - 1
BASE = 911382323
END = b"\0"  # behind a whole program
# So few that two in five others are taken for a beginning. A model that asks at each byte is led
# well by it, and a fingerprint decides at the end (docs/experiments.md, entry 61). The table alone
# does not spell the programs out: some forty bytes seem to go on from each beginning.
BITS = 2

Reader = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class KnownPrograms:
    """`fingerprints` of whole programs, and `beginnings`, a bit at the hash of each.

    Without the latter nothing can be searched for.
    """

    fingerprints: frozenset[int] = frozenset()
    beginnings: bytes = b""

    @classmethod
    def of(cls, programs: Iterable[str]) -> KnownPrograms:
        """Take down programs, whatever their white space."""
        texts = {" ".join(program.split()) for program in programs} - {""}
        hashes = np.array(sorted({h for text in texts for h in _beginnings(text)}), dtype=np.int64)
        bits = np.zeros(8 * math.ceil(BITS * len(hashes) / 8), dtype=bool)
        if len(bits):
            bits[hashes % len(bits)] = True
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

    def may_begin(self, hashes: Tensor) -> Tensor:
        """Return (n,), True where a program begins so, by the `hashes` (n,) of the text.

        Of those that none begins with, two in five are taken for one.
        """
        return self._bits[hashes % len(self._bits)]

    def only(
        self, read: Reader, pieces: Sequence[Sequence[str | None]], width: int, end: int
    ) -> Reader:
        """Return `read` of a beam search, with -inf for what no known program may go on with.

        `pieces` are the texts of all tokens, for each of the searches of `width` rows, None for
        what cannot be written. What ends need not be known.
        """
        trees = [_Tree.of(one) for one in pieces]
        before: list[Tensor] = []  # of each search, the hashes of what its rows might go on with

        def only_known(tokens: Tensor, parents: Tensor) -> Tensor:
            logs = read(tokens, parents)
            last, rows = tokens.cpu().view(-1, width), parents.cpu().view(-1, width) % width
            may = torch.zeros(logs.shape, dtype=torch.bool)
            after = []
            for search, tree in enumerate(trees):
                now = torch.zeros(width, dtype=torch.int64)
                if before:
                    now = before[search][rows[search], tree.of_token[last[search]]]
                hashes, begins = self._go_on(tree, now)
                after.append(hashes)
                part = may[search * width : (search + 1) * width]
                part[:] = begins[:, tree.of_token] & (tree.of_token > 0)
                part[:, end] = self.may_begin(_grown(now, torch.tensor(END[0])))
            before[:] = after
            return logs.masked_fill(~may.to(logs.device), -torch.inf)

        return only_known

    def _go_on(self, tree: _Tree, hashes: Tensor) -> tuple[Tensor, Tensor]:
        """Return, for each row and node, the hash with the node's text behind, and if it begins."""
        shape = len(hashes), len(tree.parents)
        grown, begins = torch.zeros(shape, dtype=torch.int64), torch.zeros(shape, dtype=torch.bool)
        grown[:, 0], begins[:, 0] = hashes, True
        for level in tree.levels:
            rows, places = begins[:, tree.parents[level]].nonzero(as_tuple=True)
            if not len(rows):
                break
            nodes = level[places]
            longer = _grown(grown[rows, tree.parents[nodes]], tree.last_bytes[nodes])
            found = self.may_begin(longer)
            rows, nodes = rows[found], nodes[found]
            grown[rows, nodes], begins[rows, nodes] = longer[found], True
        return grown, begins


@dataclass(frozen=True)
class _Tree:
    """All beginnings of a vocabulary's texts; the first node is that of nothing.

    `levels` are the nodes of each length, `of_token` the node of each token, 0 without a text.
    """

    parents: Tensor
    last_bytes: Tensor
    levels: tuple[Tensor, ...]
    of_token: Tensor

    @classmethod
    def of(cls, pieces: Sequence[str | None]) -> _Tree:
        nodes, parents, lengths = {b"": 0}, [0], [0]
        last_bytes, of_token = [0], []
        for text in ((piece or "").encode() for piece in pieces):
            for size in range(1, len(text) + 1):
                if text[:size] not in nodes:
                    nodes[text[:size]] = len(parents)
                    parents.append(nodes[text[: size - 1]])
                    last_bytes.append(text[size - 1])
                    lengths.append(size)
            of_token.append(nodes[text])
        of_length = torch.tensor(lengths)
        levels = tuple((of_length == size).nonzero()[:, 0] for size in range(1, max(lengths) + 1))
        return cls(torch.tensor(parents), torch.tensor(last_bytes), levels, torch.tensor(of_token))


def fingerprint(program: str) -> int:
    """Return 63 bits that tell a program from others, whatever its white space."""
    digest = hashlib.sha256(" ".join(program.split()).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _beginnings(text: str) -> Iterator[int]:
    value = 0
    for byte in text.encode() + END:
        value = (value * BASE + byte + 1) % PRIME
        yield value


def _grown(hashes: Tensor, added: Tensor) -> Tensor:
    return (hashes * BASE + added + 1) % PRIME
