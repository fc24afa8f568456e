"""Bash metrics: templates (Lin et al. 2018) and utilities with their flags (Agarwal et al. 2021).

Written from the papers' definitions: for ranking systems side by side, not for comparison with
figures printed there, whose parser and tables of arguments differ. Nothing is run.
"""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from codefusion.languages import get_language
from codefusion.languages.base import UNPARSEABLE
from codefusion.languages.bash import parse

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = [
    "Command",
    "command_template",
    "commands",
    "nlc2cmd_score",
    "soft_template_score",
    "template_match",
    "utilities",
]

# Utilities, then their options that take a value, then the types of their operands; the last type
# holds for all operands that follow. `n,lines:Number` is `-n 5`, `-n5` or `--lines=5`. With `!`
# the value stands in for the first operand, with `?` it can only be attached. After `=` stand the
# only flags there are, where other words with a dash are operands.
_UTILITIES = """
cat tac rev zcat bzcat less more file gzip gunzip bzip2 bunzip2 xz unxz unzip md5 md5sum sha1sum \
sha256sum shred rm rmdir unlink cd pushd popd readlink realpath cmp vi vim nano source . \
dirname comm sum cksum strings pwd zip compress dos2unix: | Path
ls: I,ignore,hide:Regex w,width:Number T,tabsize:Number | Path
cp mv ln install: t,target-directory:Path S,suffix:Argument m,mode:Permission | Path
mkdir mkfifo: m,mode:Permission | Path
touch: d,date,t:DateTime r,reference:Path | Path
chmod: =RcfvHLP reference!Path | Permission Path
chown: reference!Path from:User | User Path
chgrp: reference!Path | Group Path
grep egrep fgrep zgrep rgrep: e,regexp!Regex f,file!Path m,max-count:Number A,after-context:Number \
B,before-context:Number C,context:Number d:Argument D:Argument include,exclude,exclude-dir:Regex \
| Regex Path
sed gsed: e,expression!Program f,file!Path l,line-length:Number i,in-place?Argument | Program Path
awk gawk mawk nawk: F,field-separator:Argument v,assign:Argument f,file!Path | Program Path
perl ruby: e,E!Program i,0,F,M,I?Argument | Path
python python2 python3: c!Program m!Argument | Path Argument
bash sh zsh dash ksh: c!Program O:Argument | Path Argument
rename: | Program Path
sort: k,key:Argument t,field-separator:Argument o,output:Path S,buffer-size:Size \
T,temporary-directory:Path parallel:Number files0-from:Path | Path
uniq: f,skip-fields:Number s,skip-chars:Number w,check-chars:Number | Path
cut: d,delimiter:Argument f,fields:Number c,characters:Number b,bytes:Number \
output-delimiter:Argument | Path
head tail: n,lines:Number c,bytes:Size s,sleep-interval:Number pid:Number | Path
tr: | Argument
tee: | Path
wc: files0-from:Path | Path
split: b,bytes:Size l,lines:Number n,number:Number a,suffix-length:Number C,line-bytes:Size \
filter:Argument additional-suffix:Argument | Path Argument
diff sdiff: x,exclude:Regex X,exclude-from:Path U,unified:Number I:Regex W,width:Number | Path
join: 1,2,j,a,v:Number t,e,o:Argument | Path
paste: d,delimiters:Argument | Path
nl: b,s,n,d:Argument w,v,i,l:Number | Path
column: s,o:Argument c:Number | Path
fold fmt: w,width:Number | Path
od hexdump: t,A,e:Argument N,j,n,s:Number w?Number | Path
du: d,max-depth:Number B,block-size,t,threshold:Size X,exclude-from,files0-from:Path \
exclude:Regex | Path
df: B,block-size:Size t,type,x,exclude-type:Argument | Path
tar: f,file:Path C,directory:Path T,files-from:Path X,exclude-from:Path exclude:Regex \
transform:Argument | Path
cpio: F,file:Path H,format:Argument | Path
rsync: e,rsh:Argument f,filter:Argument exclude,include:Regex exclude-from,include-from:Path \
files-from:Path | Path
scp sftp: P:Number i:Path o:Argument l:Number | Path
ssh: p:Number i,S,F:Path l:User o,O,L,R,D,c,b,m,e,w:Argument | Argument Command
ps: p,pid,ppid:Number o,format,C,sort,t,tty:Argument U,user:User | Argument
top: p,n,d:Number u,U:User o:Argument | Argument
kill: s,n:Argument | Number
pgrep pkill killall: u:User d,t,s:Argument P:Number | Regex
date: d,date,s,set:DateTime r,reference,f,file:Path I?Argument | Argument
cal: A,B:Number | Number
mount umount: t,o,L,U:Argument | Path
read: p,d,i,a:Argument n,N,u:Number t:Timespan | Argument
seq: =wsf s,separator:Argument f,format:Argument | Number
sleep: | Timespan
echo: =neE | Argument
printf: =v v:Argument | Argument
basename: s,suffix:Argument | Path Argument
which whereis type man whatis apropos alias unalias yes uname hostname who w pstree history jobs \
ifconfig dig: | Argument
set shopt: o:Argument | Argument
mail: s:Argument | Argument
mktemp: p:Path tmpdir:Path suffix:Argument | Path
tree: L:Number P,I:Regex o:Path filelimit:Number | Path
stat: c,format,printf:Argument | Path
curl: o,output:Path X,request,H,header,d,data,A,e,F,data-urlencode:Argument u,user:User \
T,K:Path m:Number | Argument
wget: O,output-document,o,P,i:Path t,tries,T:Number | Argument
ping: c,i,w,W,s,t:Number I:Argument | Argument
crontab: u:User | Path
su: c,command:Argument s,shell:Path | User
id groups finger passwd userdel last: | User
useradd usermod: g,G:Group s,d:Path c:Argument u:Number | User
git yum apt apt-get brew dpkg service systemctl: | Literal Argument
sudo: u,user:User g,group:Group p,C:Argument | Command
xargs: I,d,delimiter,E:Argument n,max-args,P,max-procs,L,s:Number a,arg-file:Path \
i,e,l,replace?Argument | Command
parallel: j,jobs,n,N,L:Number I,d,delimiter,S:Argument a,arg-file:Path | Command
time: f,format:Argument o,output:Path | Command
nice ionice: n,c,adjustment:Number p:Number | Command
env: u,unset:Argument C:Path | Command
watch: n,interval:Timespan | Command
exec: a:Argument | Command
timeout: k,kill-after:Timespan s,signal:Argument | Timespan Command
chroot: | Path Command
strace: e,p,P:Argument o:Path | Command
nohup command builtin setsid unbuffer busybox: | Command
"""

# The predicates of find that take values, with their types.
_FIND_VALUES = {
    flag: types.split()
    for flags, types in {
        "name iname path ipath wholename iwholename regex iregex lname ilname": "Regex",
        "newer anewer cnewer samefile fls fprint fprint0": "Path",
        "mtime atime ctime mmin amin cmin used": "Timespan",
        "maxdepth mindepth links inum uid gid": "Number",
        "fprintf": "Path Argument",
        "fstype regextype printf context": "Argument",
        # f, d and so on: a closed vocabulary, and the meaning of the command.
        "type xtype": "Literal",
        "size": "Size",
        "perm": "Permission",
        "user": "User",
        "group": "Group",
    }.items()
    for flag in flags.split()
}
_FIND_OPERATORS = {"(": "(", ")": ")", ",": ",", "!": "!", "-not": "!", "-o": "-o", "-or": "-o"}
_FIND_EXECUTES = {"exec", "execdir", "ok", "okdir"}
# The order of tests is immaterial, but not which of them stand before an action.
_FIND_ACTIONS = _FIND_EXECUTES | {
    "print", "print0", "printf", "ls", "delete", "prune", "quit",
    "fls", "fprint", "fprint0", "fprintf",
}  # fmt: skip

_SIGNED = {"Number", "Size", "Timespan", "Permission"}
# `head -5` is `head -n 5`, and old `tail +5` is `tail -n +5`.
_TAKE_A_COUNT = {"head", "tail"}
_COUNT = re.compile(r"[+-][\d$].*")
# Their flags may come without a dash.
_TAKE_BARE_FLAGS = {"tar", "ps"}

_FLAG = re.compile(r"--?[A-Za-z0-9?#][\w.:-]*")
_SYSTEM_PATH = re.compile(r"/(?:usr/)?(?:local/)?s?bin/")
# A name with an expansion is computed, one with a blank is a whole script in quotes.
_NAME = re.compile(r"[^\s'\"`$]+")
_LITERAL = re.compile(r"[\w,.-]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

_SUBSTITUTIONS = {"command_substitution", "process_substitution"}
_WORDS = {
    "word", "number", "string", "raw_string", "ansi_c_string", "translated_string", "regex",
    "concatenation", "extglob_pattern", "simple_expansion", "expansion", "arithmetic_expansion",
    "brace_expression", "array", "heredoc_body", *_SUBSTITUTIONS,
}  # fmt: skip
_VARIABLES = {"variable_name", "special_variable_name", "subscript"}
_DECLARATIONS = {"declaration_command", "unset_command"}
_IGNORED = {"comment", "heredoc_end", "heredoc_content"}
_ARGUMENT = "Argument"


@dataclass(frozen=True, slots=True)
class Command:
    """A utility and its flags, both in the order of the text; `ls -la` has the two `-l`, `-a`."""

    utility: str
    flags: tuple[str, ...]


class _Token(NamedTuple):
    text: str
    is_argument: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    node: Node


@dataclass(frozen=True, slots=True)
class _Usage:
    """How a utility reads its words."""

    values: dict[str, str]  # From a flag to one of ":!?" and a type.
    operands: tuple[str, ...] = (_ARGUMENT,)
    only: str = ""
    known: bool = True

    def is_option(self, text: str) -> bool:
        if len(text) < 2 or text[0] != "-":
            return False
        return not self.only or text.startswith("--") or set(text[1:]) <= set(self.only)

    def operand(self, position: int) -> str:
        return self.operands[min(position, len(self.operands) - 1)]


@dataclass(frozen=True, slots=True)
class _Form:
    """All that the metrics ask of one text."""

    template: str
    closed: Counter[str]  # The tokens that are no arguments.
    commands: tuple[Command, ...]


def command_template(code: str) -> str | None:
    """Return the NL2Bash template of `code`, or None if it doesn't parse.

    Each argument is replaced by its type, after Lin et al. 2018: Path, Regex, Number, Size,
    Timespan, Permission, User, Group, DateTime, Program, else Argument; signs of quantities stay:
    `find . -mtime +7` gives `find Path -mtime +Timespan`. Utilities, flags, pipes, redirections,
    substitutions, control structures and the letter of `find -type` stay; of an argument with
    substitutions only these. Types follow from the utility and the flag, never from the value.
    Clusters of flags are taken apart, and what may be reordered is sorted: options, and the
    tests of find between operators and actions.
    """
    form = _read(code)
    return None if form is None else form.template


def template_match(candidate: str, gold: str) -> bool:
    """Whether the templates are equal; symmetric. Without any, the texts but for white space.

    Strict template accuracy in the sense of Lin et al. 2018. Blank texts match nothing, and code
    that parses never matches code that doesn't.
    """
    ours, theirs = command_template(candidate), command_template(gold)
    if ours is None and theirs is None:
        return candidate.split() == gold.split() != []
    return ours == theirs != ""


def soft_template_score(candidate: str, golds: str | Sequence[str]) -> float:
    """Return the best overlap of the template with that of a gold, in [0, 1]; 0 without golds.

    The cosine of the counts of the tokens that are no arguments (utilities, flags, operators,
    keywords), a graded companion of `template_match` over the closed vocabulary of Lin et al.
    2018. Symmetric in candidate and gold. Where either has no template, 1 if the texts match by
    `template_match`, else 0.
    """
    return max((_overlap(candidate, gold) for gold in _several(golds)), default=0.0)


def nlc2cmd_score(candidate: str, golds: str | Sequence[str]) -> float:
    """Return the best NLC2CMD score against a gold, in [-1, 1]; -1 without golds.

    Agarwal et al. 2021, "NeurIPS 2020 NLC2CMD Competition": the mean over the positions of the
    longer list of utilities, where different or missing utilities give -1 and equal ones, with
    the sets of flags P and R, (1 + (2 |P & R| - |P | R|) / max(|P|, |R|)) / 2, which is 1 for
    two empty sets. The competition multiplies by a confidence, here always 1. Symmetric. Texts
    without any utility score 1 if `template_match` holds, else -1.
    """
    return max((_positional(candidate, gold) for gold in _several(golds)), default=-1.0)


def commands(code: str) -> list[Command]:
    """Return the commands in the order of the text; none if `code` doesn't parse.

    Those in pipelines, control structures, substitutions, `find -exec` and after xargs, sudo and
    the like are included. The operators of find (`!`, `-o`, parentheses) are no flags.
    """
    form = _read(code)
    return [] if form is None else list(form.commands)


def utilities(code: str) -> list[str]:
    """Return the names of the utilities in the order of the text, as `commands` does."""
    return [command.utility for command in commands(code)]


def _several(golds: str | Sequence[str]) -> Sequence[str]:
    return [golds] if isinstance(golds, str) else golds


def _overlap(candidate: str, gold: str) -> float:
    ours, theirs = _read(candidate), _read(gold)
    if ours is None or theirs is None or not ours.closed or not theirs.closed:
        return float(template_match(candidate, gold))
    if ours.closed == theirs.closed:
        return 1.0  # Where rounding could give a little less.
    shared = sum(count * theirs.closed[token] for token, count in ours.closed.items())
    squares = [sum(n * n for n in form.closed.values()) for form in (ours, theirs)]
    return min(1.0, shared / math.sqrt(squares[0] * squares[1]))


def _positional(candidate: str, gold: str) -> float:
    ours, theirs = commands(candidate), commands(gold)
    if not ours and not theirs:
        return 1.0 if template_match(candidate, gold) else -1.0
    scores = [_at_one_position(a, b) for a, b in zip_longest(ours, theirs)]
    return sum(scores) / len(scores)


def _at_one_position(ours: Command | None, theirs: Command | None) -> float:
    if ours is None or theirs is None or ours.utility != theirs.utility:
        return -1.0
    predicted, reference = set(ours.flags), set(theirs.flags)
    if not predicted and not reference:
        return 1.0
    agreement = 2 * len(predicted & reference) - len(predicted | reference)
    return 0.5 * (1 + agreement / max(len(predicted), len(reference)))


@lru_cache(maxsize=1 << 15)
def _read(code: str) -> _Form | None:
    """Return what the metrics need, None if `code` doesn't parse; each text is parsed once."""
    language = get_language("bash")
    try:
        if not language.is_valid(code):
            return None
        # In normal form, separators and the quotes of plain words are always the same.
        form = language.normal_form(code)
        reader = _Reader(form)
        tokens = reader.read(parse(form))
    except UNPARSEABLE:
        return None
    return _Form(
        " ".join(token.text for token in tokens),
        Counter(token.text for token in tokens if not token.is_argument),
        tuple(Command(utility, tuple(flags)) for _, utility, flags in sorted(reader.found)),
    )


@cache
def _usages() -> dict[str, _Usage]:
    usages: dict[str, _Usage] = {}
    for line in _UTILITIES.strip().splitlines():
        names, _, rest = line.partition(": ")
        options, _, operands = rest.partition("| ")
        values: dict[str, str] = {}
        only = ""
        for option in options.split():
            if option.startswith("="):
                only = option[1:]
                continue
            marked = re.fullmatch(r"(.+)([:!?]\w+)", option)
            assert marked is not None
            values |= {_dashed(name): marked[2] for name in marked[1].split(",")}
        usage = _Usage(values, tuple(operands.split()), only)
        usages |= dict.fromkeys(names.split(), usage)
    return usages


def _dashed(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name}"


_UNKNOWN = _Usage({}, known=False)


@dataclass
class _Reader:
    """Walks over one tree; `found` grows by each utility's place, name and flags."""

    code: str
    found: list[tuple[int, str, list[str]]] = field(default_factory=list)
    _strays: dict[int, list[Node]] = field(default_factory=dict)

    def read(self, node: Node) -> list[_Token]:
        """Return the tokens of the tree under `node`."""
        if node.type in _IGNORED:
            return []
        if node.type == "command":
            return self._command(node)
        if node.type in _SUBSTITUTIONS:
            return self._substitution(node)
        if node.type in _DECLARATIONS:
            self.found.append((node.start_byte, self._text(node.children[0]), []))
        elif node.type == "redirected_statement":
            self._give_back_strays(node)
        elif node.type == "file_redirect":
            return self._redirect(node)
        if node.type in _WORDS:
            return self._value(node)
        if node.type in _VARIABLES:
            return [_Token("Variable", True)]
        if not node.child_count:
            return self._leaf(node)
        return self._all(node.children)

    def _all(self, nodes: Iterable[Node]) -> list[_Token]:
        return [token for node in nodes for token in self.read(node)]

    def _text(self, node: Node) -> str:
        return self.code[node.start_byte : node.end_byte]

    def _leaf(self, node: Node) -> list[_Token]:
        if node.type in ("test_operator", "file_descriptor") or not node.is_named:
            text = " ".join(self._text(node).split())
            # An empty text is a line's end.
            return [_Token(text or ";")]
        return [_Token(_ARGUMENT, True)]

    def _substitution(self, node: Node) -> list[_Token]:
        # The grammar counts a blank before the bracket within a string as part of it.
        opening = self._text(node.children[0]).strip()
        return [
            _Token("$(" if opening == "`" else opening),
            *self._all(node.children[1:-1]),
            _Token(")"),
        ]

    def _value(self, node: Node, kind: str = _ARGUMENT, text: str = "") -> list[_Token]:
        """Return the substitutions within an argument, or its type if there are none."""
        if nested := list(_substitutions(node)):
            return self._all(nested)
        bare = text.strip("'\"")
        if kind == "Literal":
            literal = _LITERAL.fullmatch(bare)
            return [_Token(bare) if literal else _Token(_ARGUMENT, True)]
        signs = "+-/" if kind == "Permission" else "+-"
        sign = bare[0] if kind in _SIGNED and bare and bare[0] in signs else ""
        return [_Token(sign + kind, True)]

    def _redirect(self, node: Node) -> list[_Token]:
        operator, target = "", None
        for child in node.children:
            if child.is_named and child.type != "file_descriptor":
                target = child
                break
            operator += self._text(child)
        if target is None:
            return [_Token(operator)]
        text = self._text(target)
        if operator.endswith("&") and (text.isdigit() or text == "-"):
            return [_Token(operator + text)]
        return [_Token(operator), *self._value(target, "Path")]

    def _give_back_strays(self, node: Node) -> None:
        """The grammar takes words after a redirection for its targets: they are arguments."""
        strays: list[Node] = []
        for redirect in node.children_by_field_name("redirect"):
            if redirect.type == "file_redirect":
                strays += redirect.children_by_field_name("destination")[1:]
        last: Node | None = node
        while last is not None and last.type != "command":
            inner = last.child_by_field_name("body")
            if last.type in ("pipeline", "list", "negated_command"):
                inner = last.named_children[-1]
            last = inner
        if strays and last is not None:
            self._strays.setdefault(last.id, []).extend(strays)

    def _command(self, node: Node) -> list[_Token]:
        before: list[_Token] = []
        after: list[_Token] = []
        words: list[_Word] = []
        for child in [*node.children, *self._strays.get(node.id, ())]:
            # A dollar sign that expands nothing is a word, too.
            if child.type in ("command_name", "$") or child.type in _WORDS:
                self._add_word(words, child)
            elif words:
                after += self.read(child)
            else:
                before += self.read(child)
        return before + self._invocation(words) + after

    def _add_word(self, words: list[_Word], node: Node) -> None:
        """Append a word; what touches the word before, as in a`b`, is a part of it."""
        word = _Word(self._text(node), node)
        if words and words[-1].node.end_byte == node.start_byte:
            before = words.pop()
            bearer = node if any(_substitutions(node)) else before.node
            word = _Word(before.text + word.text, bearer)
        words.append(word)

    def _invocation(self, words: Sequence[_Word]) -> list[_Token]:
        """Return the tokens of a utility and its arguments, and add it to what was found."""
        if not words:
            return []
        name = _utility(words[0].text)
        if not name:
            return [token for word in words for token in self._value(word.node)]
        flags: list[str] = []
        self.found.append((words[0].node.start_byte, name, flags))
        if name == "find":
            return [_Token(name), *self._find(words[1:], flags)]
        usage = _usages().get(name, _UNKNOWN)
        return [_Token(name), *self._arguments(name, usage, words[1:], flags)]

    def _arguments(
        self, name: str, usage: _Usage, words: Sequence[_Word], flags: list[str]
    ) -> list[_Token]:
        options: list[list[_Token]] = []
        operands: list[_Word] = []
        nested: list[_Word] = []
        first, dashes = 0, False
        waiting = deque(_with_dashes(name, usage, words))
        while waiting:
            word = waiting.popleft()
            expected = usage.operand(first + len(operands))
            if not dashes and usage.is_option(word.text):
                dashes = word.text == "--"
                for flag, value in [] if dashes else self._options(usage, word, waiting):
                    flags.append(flag)
                    options.append([_Token(flag), *value])
                    first = first or int(usage.values.get(flag, "").startswith("!"))
            elif expected != "Command":
                if not usage.known:
                    options.append(self._value(word.node))
                else:
                    operands.append(word)
            elif not _ASSIGNMENT.match(word.text):
                nested = [word, *waiting]
                break
        # Options may stand anywhere, so they come first and sorted; but nothing is known of how
        # an unknown utility takes its arguments.
        ordered = sorted(options) if usage.known else options
        tokens = [token for option in ordered for token in option]
        for position, word in enumerate(operands, first):
            kind = usage.operand(position)
            # What looks like a sign is part of a mode there: `chmod +x`, `chmod -w`.
            tokens += self._value(word.node, kind, "" if kind == "Permission" else word.text)
        return tokens + self._invocation(nested)

    def _options(
        self, usage: _Usage, word: _Word, waiting: deque[_Word]
    ) -> Iterator[tuple[str, list[_Token]]]:
        """Yield each flag in a word with its value, taken from `waiting` if it isn't attached."""
        if not usage.known or word.text.startswith("--"):
            name = _flag_of(word.text)
            rest = word.text[len(name) :].removeprefix("=")
            yield name, self._option_value(usage, name, word, rest, waiting)
            return
        for place, letter in enumerate(word.text[1:], 2):
            flag_name, rest = f"-{letter}", word.text[place:]
            if not letter.isalnum():
                yield "-", self._value(word.node)
                return
            takes_rest = flag_name in usage.values
            yield (
                flag_name,
                self._option_value(usage, flag_name, word, rest, waiting) if takes_rest else [],
            )
            if takes_rest:
                return

    def _option_value(
        self, usage: _Usage, flag: str, word: _Word, rest: str, waiting: deque[_Word]
    ) -> list[_Token]:
        marked = usage.values.get(flag, "?" + _ARGUMENT)
        if rest:
            return self._value(word.node, marked[1:], rest)
        if marked[0] == "?" or not waiting:
            return []
        value = waiting.popleft()
        return self._value(value.node, marked[1:], value.text)

    def _find(self, words: Sequence[_Word], flags: list[str]) -> list[_Token]:
        tokens: list[_Token] = []
        tests: list[list[_Token]] = []
        negations: list[_Token] = []
        kind = "Path"
        waiting = deque(words)

        def put(added: list[_Token]) -> None:
            tokens.extend(token for test in sorted(tests) for token in test)
            tokens.extend(negations + added)
            tests.clear()
            negations.clear()

        while waiting:
            word = waiting.popleft()
            text = word.text.strip("'\"").removeprefix("\\")
            if text in ("-a", "-and"):
                continue
            if text in _FIND_OPERATORS:
                operator, kind = _Token(_FIND_OPERATORS[text]), _ARGUMENT
                if operator.text == "!":
                    negations.append(operator)
                else:
                    put([operator])
            elif text.startswith("-") and len(text) > 1:
                text = _flag_of(text)
                flags.append(text)
                predicate = [_Token(text), *self._predicate(text[1:], waiting)]
                if text[1:] in _FIND_ACTIONS:
                    put(predicate)
                else:
                    tests.append(negations + predicate)
                    negations.clear()
                kind = kind if text in ("-H", "-L", "-P") else _ARGUMENT
            else:
                put(self._value(word.node, kind))
        put([])
        return tokens

    def _predicate(self, name: str, waiting: deque[_Word]) -> list[_Token]:
        """Return the tokens of what a predicate of find takes from `waiting`."""
        if name in _FIND_EXECUTES:
            return self._executed(waiting)
        types = _FIND_VALUES.get(name, [])
        if re.fullmatch(r"newer[aBcm][aBcmt]", name):
            types = ["DateTime" if name.endswith("t") else "Path"]
        tokens = []
        for kind in types:
            if waiting:
                word = waiting.popleft()
                tokens += self._value(word.node, kind, word.text)
        return tokens

    def _executed(self, waiting: deque[_Word]) -> list[_Token]:
        words: list[_Word] = []
        while waiting:
            word = waiting.popleft()
            if word.text.strip("'\"") in ("\\;", ";"):
                return [*self._invocation(words), _Token("\\;")]
            if word.text == "+" and words and words[-1].text.strip("'\"") == "{}":
                return [*self._invocation(words), _Token("+")]
            words.append(word)
        return self._invocation(words)


def _substitutions(node: Node) -> Iterator[Node]:
    """Yield the outermost substitutions under `node`, in order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.type in _SUBSTITUTIONS:
            yield node
        else:
            waiting += reversed(node.children)


def _utility(text: str) -> str:
    """Return the name of a utility without quotes and the system's folder, empty for no name."""
    name = text.strip("'\"").removeprefix("\\")
    name = _SYSTEM_PATH.sub("", name, count=1) if name.startswith("/") else name
    return name if _NAME.fullmatch(name) else ""


def _flag_of(text: str) -> str:
    """Return the flag at the start of a word that starts with a dash."""
    flag = _FLAG.match(text)
    return flag.group() if flag else "-"


def _with_dashes(name: str, usage: _Usage, words: Sequence[_Word]) -> Iterable[_Word]:
    """Return the words with the older spellings of flags turned into those of today."""
    if name in _TAKE_A_COUNT:
        return _with_counts_dashed(usage, words)
    if name in _TAKE_BARE_FLAGS and words and words[0].text.isascii() and words[0].text.isalpha():
        # Here the value of a letter is the next word, not the letters after it.
        letters = sorted(words[0].text, key=lambda letter: f"-{letter}" in usage.values)
        return [_Word("-" + "".join(letters), words[0].node), *words[1:]]
    return words


def _with_counts_dashed(usage: _Usage, words: Sequence[_Word]) -> Iterator[_Word]:
    before = ""
    for word in words:
        if _COUNT.fullmatch(word.text) and not _awaits_value(usage, before):
            yield _Word("-n" + word.text.removeprefix("-"), word.node)
        else:
            yield word
        before = word.text


def _awaits_value(usage: _Usage, text: str) -> bool:
    """Whether a word is an option whose value must be the next word."""
    return usage.values.get(text, "?")[0] != "?"
