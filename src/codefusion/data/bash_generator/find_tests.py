"""What files are asked for besides their place: all makers, and those by size, rights and owner.

Each maker returns a `Part`; how parts become a sentence and a command is `find_style`'s."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from codefusion.data.bash_generator import names
from codefusion.data.bash_generator.find_ages import age
from codefusion.data.bash_generator.find_names import extension, hidden, name, not_named, two_names
from codefusion.data.bash_generator.find_parts import Part, PartMaker
from codefusion.data.bash_generator.names import pick
from codefusion.data.bash_generator.templates import mention
from codefusion.data.phrasing import Phrasebook
from codefusion.data.weighted import Weighted

_BOOK = Phrasebook(
    {
        "above": "larger than|bigger than|greater than|more than|over|exceeding|"
        "with size more than|with size greater than|of size more than|with a size of over|"
        "whose size is more than|of more than|with size over|whose size is greater than",
        "below": "smaller than|less than|under|below|with size less than|of size less than|"
        "whose size is less than|with a size below|of less than",
        "own": "owned by|owned by|belonging to|that belong to|which belong to|belonging to|"
        "that are owned by|having owner|with owner|which are owned by",
    },
    {},
)
# What people write for each of find's units of size.
_UNITS = {
    "M": ("MB", "MB", "M", " MB", " megabytes", " megabyte", "Mb", " Mb"),
    "k": ("KB", "kB", "k", " KB", " kilobytes", "K", " kB"),
    "G": ("GB", "GB", "G", " GB", " gigabytes", " gb"),
    "c": (" bytes", " bytes", " byte", "bytes"),
}
_NUMBERS = [
    str(n) for n in (1, 2, 5, 10, 20, 50, 100, 100, 150, 200, 250, 300, 500, 700, 1000, 1024)
]


@dataclass(frozen=True)
class _Size:
    number: str
    unit: str  # find's letter
    said: str  # the unit in words


def _size(rng: Random) -> _Size:
    unit = pick(rng, "MMMMkkkGGc")
    number = pick(rng, _NUMBERS)
    return _Size(number, unit, pick(rng, _UNITS[unit]))


def _empty(rng: Random) -> Part:
    test = pick(rng, ("-empty", "-empty", "-empty", "-size 0"))
    if rng.random() < 0.75:
        return Part(test, before="empty")
    pattern = "[that are empty|which are empty|of zero size|with size 0|of size 0|with zero bytes]"
    return Part(test, _BOOK.expand(rng, pattern, {}))


def _of_size(rng: Random, sign: str, pattern: str) -> Part:
    one = _size(rng)
    said = _BOOK.expand(rng, pattern, {"x": one.number + one.said})
    return Part(f"-size {sign}{one.number}{one.unit}", said)


def _above(rng: Random) -> Part:
    return _of_size(rng, "+", "[|that are |which are ]<above> {x}")


def _below(rng: Random) -> Part:
    return _of_size(rng, "-", "[|that are |which are ]<below> {x}")


def _exactly(rng: Random) -> Part:
    pattern = (
        "[of size|with size|with size equal to|whose size is|of exactly|having size|"
        "that are exactly] {x}"
    )
    return _of_size(rng, "", pattern)


def _between(rng: Random) -> Part:
    low = _size(rng)
    most = str(int(low.number) * int(names.whole(rng, 2, 10)))
    x, y = low.number + (low.said if rng.random() < 0.6 else ""), most + low.said
    pattern = "[between {x} and {y}|<above> {x} and <below> {y}|with size between {x} and {y}]"
    said = _BOOK.expand(rng, pattern, {"x": x, "y": y})
    if "between" not in said:
        # Only "between 1 and 5 MB" leaves no doubt about the unit of the first number.
        pattern = "<above> {x} [and|but] [less than|smaller than] {y}"
        said = _BOOK.expand(rng, pattern, {"x": low.number + low.said, "y": y})
    return Part(f"-size +{low.number}{low.unit} -size -{most}{low.unit}", said)


_SIZES: Weighted[PartMaker] = Weighted(
    [(22, _empty), (43, _above), (18, _below), (7, _exactly), (10, _between)]
)


def size(rng: Random) -> Part:
    """Files above, below, between or of a size, and empty ones."""
    return _SIZES.draw(rng)(rng)


@dataclass(frozen=True)
class _Right:
    before: str  # an adjective, or nothing where there is none
    tests: tuple[str, ...]
    after: str


_RIGHTS: Weighted[_Right] = Weighted(
    [
        (
            3,
            _Right(
                "executable", ("-executable", "-perm /a+x", "-perm /111"), "that are executable"
            ),
        ),
        (
            2,
            _Right(
                "world-writable", ("-perm -o+w", "-perm -002", "-perm -o=w"), "writable by others"
            ),
        ),
        (
            1,
            _Right(
                "",
                ("-perm -g+w", "-perm -g=w", "-perm -020"),
                "writable by [the group|their group]",
            ),
        ),
        (1, _Right("", ("-perm -o+r", "-perm -o=r"), "readable by [others|everyone]")),
        (
            2,
            _Right(
                "setuid",
                ("-perm -4000", "-perm -u+s"),
                "with [suid bit set|the setuid bit|SUID set]",
            ),
        ),
        (1, _Right("setgid", ("-perm -2000", "-perm -g+s"), "with [sgid bit set|the setgid bit]")),
        (1, _Right("writable", ("-writable", "-perm /a+w"), "that are writable")),
        (1, _Right("read-only", ("! -perm /a+w", "! -writable"), "that are not writable")),
        (1, _Right("non-executable", ("! -executable", "! -perm /a+x"), "that are not executable")),
        (1, _Right("readable", ("-readable", "-perm /a+r"), "that are readable")),
    ]
)
_OF_MODE = (
    "[with|having|that have|whose|with] [permission|permissions|permissions set to|mode|"
    "the permissions|permission set to|access mode] {x}"
)
_NOT_OF_MODE = (
    "[that do not have permissions|without permission|with permissions other than|"
    "whose permissions are not] {x}"
)


def _mode(rng: Random) -> Part:
    mode = names.mode(rng)
    if rng.random() < 0.2:
        test, pattern = f"{pick(rng, ('!', '-not', '!'))} -perm {mode}", _NOT_OF_MODE
    else:
        test, pattern = f"-perm {pick(rng, ('', '', '', '-', '0'))}{mode}", _OF_MODE
    return Part(test, _BOOK.expand(rng, pattern, {"x": mode}))


def permissions(rng: Random) -> Part:
    """Files of certain permissions."""
    if rng.random() < 0.5:
        return _mode(rng)
    right = _RIGHTS.draw(rng)
    short = bool(right.before) and rng.random() < 0.65
    test = pick(rng, right.tests)
    if short:
        return Part(test, before=right.before)
    return Part(test, _BOOK.expand(rng, right.after, {}))


def owner(rng: Random) -> Part:
    """Files of a user or a group, or of nobody."""
    roll = rng.random()
    if roll < 0.62:
        one = names.user(rng)
        said = _BOOK.expand(rng, "<own> [|user |the user |]{x}", {"x": mention(rng, one)})
        return Part(f"-user {one}", said)
    if roll < 0.9:
        one = names.group(rng)
        pattern = "<own> [group|the group] {x}|[with|in|of] group {x}|whose group is {x}"
        return Part(f"-group {one}", _BOOK.expand(rng, pattern, {"x": mention(rng, one)}))
    pattern = (
        "[without an owner|with no owner|that belong to no user|not owned by any user|"
        "which have no user]"
    )
    return Part("-nouser", _BOOK.expand(rng, pattern, {}))


def node(rng: Random) -> Part:
    """Files by inode or number of links."""
    if rng.random() < 0.6:
        number = names.whole(rng, 1000, 9999999)
        test, pattern = f"-inum {number}", "with [inode|inode number|the inode number] {x}"
    else:
        number = names.whole(rng, 1, 5)
        if rng.random() < 0.5:
            test, pattern = f"-links +{number}", "with more than {x} [links|hard links|hard link]"
        else:
            test, pattern = f"-links {number}", "with [|exactly ]{x} [links|hard links]"
    return Part(test, _BOOK.expand(rng, pattern, {"x": number}))


NAMES: Weighted[PartMaker] = Weighted(
    [(45, extension), (42, name), (8, two_names), (2, hidden), (5, not_named)]
)
OTHERS: Weighted[PartMaker] = Weighted(
    [(40, age), (25, size), (16, permissions), (15, owner), (3, node), (6, not_named)]
)
