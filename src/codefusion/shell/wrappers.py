"""Programs that run other programs: where in their words the other command is.

Not for what running it does, and not for the one-line programs of other languages (`programs`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from codefusion.shell.options import Options
from codefusion.shell.words import Word

SHELLS = {
    "sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "fish", "csh", "tcsh", "rbash",
}  # fmt: skip
SHELL_OPTIONS = ("-o", "-O", "--rcfile", "--init-file")

# Programs that run the rest of their words: their options that take a value, and after `|` how
# many operands of their own come first.
_PREFIXES = """
sudo: -u -g -p -C -h -r -t -T -U -D -R --user --group --prompt --host --chdir --chroot
doas: -u -C
pkexec: --user
env: -u -C --unset --chdir
nohup setsid builtin busybox toybox unbuffer proxychains proxychains4 torsocks caffeinate fakeroot \
eatmydata catchsegv noglob nocorrect coproc dbus-run-session xvfb-run rlwrap sshpass:
command:
exec: -a
nice: -n --adjustment
ionice: -c -n -p -P -u --class --classdata --pid
time: -f -o --format --output
timeout gtimeout: -k -s --kill-after --signal | 1
stdbuf: -i -o -e --input --output --error
chroot: --userspec --groups | 1
strace ltrace: -e -o -p -P -s -u -a -I -O -S -X -E
chrt taskset: -p -T -P -D | 1
flock: -w -E --timeout --wait | 1
runuser: -u -g -G -s --user --group --shell
unshare nsenter: -t -S -G --target --setuid --setgid
firejail setarch linux32 linux64:
systemd-run: -p -u -E -M -H --unit --property --setenv --on-active --on-calendar --slice --uid --gid
systemd-inhibit: --what --who --why --mode
screen: -S -t -c -h -p -T -s -e -x -r -R -d -D -X
xargs gxargs: -I -n -P -L -d -E -s -a --max-args --max-procs --max-lines --delimiter --arg-file \
--replace --process-slot-var
parallel: -j -n -N -L -I -d -S -a --jobs --max-args --delimiter --sshlogin --arg-file --colsep \
--joblog --results --timeout --delay --tmpdir --retries
"""

# Programs that hand the rest of their words, joined, to a shell.
_JOINERS = """
eval:
watch: -n --interval
ssh: -p -i -l -o -O -L -R -D -W -w -c -b -B -m -e -E -F -I -J -Q -S | 1
tmux: -L -S -f -s -n -t -c -x -y -e -F -p -l | 1
trap:
entr:
"""
_TAKE_A_SCRIPT = {"su", "runuser", "script", "flock", "pkexec", "vagrant", "sg"}
_RUN_NOTHING = {
    "command": ("-v", "-V"),
    "sudo": ("-l", "-v", "-k", "-K", "-e", "-V", "--list", "--edit", "--validate"),
    "ionice": ("-p", "-P", "-u"),
    "taskset": ("-p",),
    "chrt": ("-p",),
}

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_TAKE_ASSIGNMENTS = {"env", "sudo", "doas"}
_FIND_EXECUTES = {"-exec", "-execdir", "-ok", "-okdir"}
_FD_EXECUTES = {"-x", "--exec", "-X", "--exec-batch"}
_CONTAINERS = {"docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "docker-compose"}
_CONTAINER_VALUED = (
    "-e", "-u", "-w", "-n", "-c", "-v", "-p", "-h", "-m", "-l", "--env", "--user", "--workdir",
    "--namespace", "--container", "--index", "--context", "--name", "--network", "--volume",
    "--publish", "--entrypoint", "--mount", "--memory", "--cpus", "--gpus", "--platform",
    "--add-host", "--env-file", "--hostname", "--label", "--device", "--restart", "--pull",
)  # fmt: skip
# Without these, what a new container does stays in it.
_REACHES_OUT = ("-v", "--volume", "--mount", "--privileged", "--device", "--volumes-from")


@dataclass(frozen=True)
class Inner:
    """What a call runs besides itself: commands in words, scripts in words that are joined.

    `own` are the words left to the call itself.
    """

    own: Sequence[Word]
    commands: list[Sequence[Word]] = field(default_factory=list)
    scripts: list[Sequence[Word]] = field(default_factory=list)


def unwrap(name: str, words: Sequence[Word]) -> Inner:
    """Return what the call `words`, whose program is `name`, runs besides itself."""
    if name in SHELLS:
        return _shell(words)
    if name in ("find", "gfind", "fd", "fdfind"):
        return _each_file(words, _FIND_EXECUTES if name[-4:] == "find" else _FD_EXECUTES)
    if name == "alias":
        return Inner(words, scripts=[[_after_equals(word)] for word in words[1:]])
    if name == "adb" and len(words) > 2 and words[1].text == "shell":
        return Inner(words[:2], scripts=[words[2:]])
    if name in _CONTAINERS:
        return _container(words)
    scripts: list[Sequence[Word]] = []
    if name in _TAKE_A_SCRIPT:
        scripts = [[word] for word in _values(words, "-c", "--command", "--session-command")]
        if scripts or name in ("su", "script", "vagrant", "sg"):
            return Inner(words, scripts=scripts)
    if name == "env" and (split := _values(words, "-S", "--split-string")):
        return Inner(words, scripts=[[word] for word in split])
    for table, joined in ((_prefixes(), False), (_joiners(), True)):
        if name in table:
            valued, operands = table[name]
            start = _first_of_command(name, words, valued, operands)
            rest = words[start:]
            if any(word.text in _RUN_NOTHING.get(name, ()) for word in words[1:start]):
                return Inner(words)
            if name == "parallel":
                rest = _until(rest, {":::", "::::", ":::+"})
            if name == "trap":
                rest = rest[:1]
            if not rest:
                return Inner(words)
            if joined or name == "parallel":
                return Inner(words[:start], scripts=[rest])
            return Inner(words[:start], commands=[rest])
    return Inner(words)


def shell_script(words: Sequence[Word]) -> Word | None:
    """Return the operand that a shell takes for a file of commands, if it has one."""
    options = Options(words[1:], SHELL_OPTIONS)
    if options.has("-c", "-s") or not options.operands:
        return None
    first = options.operands[0]
    return None if first.text in ("-", "/dev/stdin") else first


def _shell(words: Sequence[Word]) -> Inner:
    options = Options(words[1:], SHELL_OPTIONS)
    if options.has("-c") and options.operands:
        script = options.operands[0]
        return Inner([word for word in words if word is not script], scripts=[[script]])
    return Inner(words)


def _each_file(words: Sequence[Word], markers: set[str]) -> Inner:
    own: list[Word] = []
    inner = Inner(own)
    waiting = list(words)[::-1]
    while waiting:
        word = waiting.pop()
        own.append(word)
        if word.text not in markers:
            continue
        command: list[Word] = []
        while waiting:
            word = waiting.pop()
            if word.text == ";" or (word.text == "+" and command and command[-1].text == "{}"):
                own.append(word)
                break
            command.append(word)
        if command:
            inner.commands.append(command)
    return inner


def _container(words: Sequence[Word]) -> Inner:
    texts = [word.text for word in words]
    verb = next((text for text in texts[1:6] if text in ("exec", "run")), "")
    if not verb or (verb == "run" and not any(t.startswith(_REACHES_OUT) for t in texts)):
        return Inner(words)
    start = texts.index(verb) + 1
    if "--" in texts[start:]:
        start = texts.index("--", start) + 1
    else:
        start += _first_of_command("", [words[0], *words[start:]], _CONTAINER_VALUED, 1) - 1
    return Inner(words[:start], commands=[words[start:]] if words[start:] else [])


def _first_of_command(
    name: str, words: Sequence[Word], valued: Sequence[str], operands: int
) -> int:
    """Return where the command begins, after options and operands of the wrapper's own."""
    index = 1
    while index < len(words):
        text = words[index].text
        if text == "--":
            index += 1
            continue
        if len(text) > 1 and text[0] == "-":
            takes_next = text in valued or (text[1] != "-" and f"-{text[-1]}" in valued)
            index += 2 if takes_next else 1
        elif name in _TAKE_ASSIGNMENTS and (_ASSIGNMENT.match(text) or words[index].inside):
            index += 1  # `env $(cat .env) program` has them from elsewhere.
        elif operands:
            operands -= 1
            index += 1
        else:
            break
    return index


def _values(words: Sequence[Word], *names: str) -> list[Word]:
    """Return the words that follow one of the options."""
    found = []
    for word, following in pairwise(words[1:]):
        text = word.text
        # `su -lc 'rm x'`: the option may be the last of a cluster.
        cluster = text[0:1] == "-" and text[1:2] != "-" and f"-{text[-1]}" in names
        if text in names or cluster:
            found.append(following)
    return found


def _after_equals(word: Word) -> Word:
    _, _, value = word.text.partition("=")
    return Word(value, word.span, word.known)


def _until(words: Sequence[Word], ends: set[str]) -> Sequence[Word]:
    return next((words[:i] for i, word in enumerate(words) if word.text in ends), words)


@cache
def _prefixes() -> dict[str, tuple[tuple[str, ...], int]]:
    return _table(_PREFIXES)


@cache
def _joiners() -> dict[str, tuple[tuple[str, ...], int]]:
    return _table(_JOINERS)


def _table(lines: str) -> dict[str, tuple[tuple[str, ...], int]]:
    table: dict[str, tuple[tuple[str, ...], int]] = {}
    for line in lines.strip().splitlines():
        names, _, rest = line.partition(":")
        valued, _, operands = rest.partition("|")
        table |= dict.fromkeys(names.split(), (tuple(valued.split()), int(operands or 0)))
    return table
