"""What Bash requests are about: names of files, folders, people and machines, and numbers.

Made up from parts, so that no two pairs need share one; knows nothing of commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WORDS = _words(
    "access alpha archive assets backup beta build cache cart client config core daily data deploy "
    "design draft error export feature fixture gallery images import index inventory invoice job "
    "kernel label ledger letters list main manual matrix media memo metrics model monitor movie "
    "music network node notes old order output patch photo plan player plugin portal private "
    "project public query queue readme recipe record release report request result robot router "
    "sample schema script search season secret server session sheet shop site sketch song source "
    "spec staging stats status store story summary system table target task temp template test "
    "theme ticket timer todo tools track travel upload user vendor video web weekly widget work"
)
_STEMS = _words("foo bar baz file abc test data file1 file2 tmp log core a b x example input out")
EXTENSIONS = _words(
    "txt txt txt log log php php py py html js css c cpp h java xml json csv jpg jpg png gif pdf "
    "mp3 mp4 avi mkv wav sh sh rb pl conf cfg ini bak tmp gz zip tar doc docx xls md yml sql bin "
    "exe o class jar svg flac swp pyc rar iso deb rpm tex ps dat old orig war tgz bz2 htm"
)
# What people call the files of an extension.
SPOKEN = {
    "py": "python",
    "pl": "perl",
    "rb": "ruby",
    "php": "php",
    "html": "html",
    "js": "javascript",
    "txt": "text",
    "mp3": "mp3",
    "jpg": "jpg",
    "pdf": "pdf",
    "c": "C",
    "java": "java",
    "cpp": "c++",
    "h": "header",
    "sh": "shell",
    "xml": "xml",
    "json": "json",
    "css": "css",
    "csv": "csv",
    "log": "log",
    "zip": "zip",
    "png": "png",
    "md": "markdown",
    "sql": "sql",
    "class": "class",
    "bak": "backup",
}
_TOPS = _words("home var etc usr opt srv tmp mnt data root www path media")
_BRANCHES = _words(
    "local log www share lib bin src html cache spool backup mail opt apps dir to docs projects "
    "images scripts htdocs conf.d init.d music photos downloads temp logs"
)
_KNOWN_FOLDERS = _words(
    "/etc /home /tmp /usr /var /var/log /opt /usr/local /usr/bin /usr/lib /var/www /root /srv "
    "/usr/share /var/tmp /usr/src /mnt /boot /dev /proc /lib /bin /sbin"
)
_VARIABLES = _words(
    "DIR dir FILE file HOME LOG path SRC DEST TARGET name TMPDIR USER PWD BACKUP root folder"
)
_PEOPLE = _words(
    "root www-data apache nginx john mary anna peter bob alice deploy admin guest backup mysql "
    "postgres tom wnj jenkins git sara news daemon student oracle"
)
_GROUPS = _words("root users staff www-data admin wheel developers sys audio games nobody team")
_HOSTS = _words("example.com server.example.org remotehost host myserver 192.168.1.10 10.0.0.5")
_PROCESSES = _words("firefox nginx apache2 java python mysqld sshd node vim chrome cron ssh bash")
_PACKAGES = _words("vim nginx git curl htop python3 tmux gcc mysql-server nodejs wget tree jq")
_MODES = _words("755 644 777 700 600 664 775 666 400 440 750 640 555 444 711")

Maker = Callable[[Random], str]


def pick(rng: Random, options: Sequence[str]) -> str:
    """One of the options, all alike likely."""
    return options[int(rng.random() * len(options))]


def word(rng: Random) -> str:
    """A plain name, such as `report` or `old_photos`."""
    roll = rng.random()
    if roll < 0.25:
        return pick(rng, _STEMS)
    one = pick(rng, _WORDS)
    if roll < 0.6:
        return one
    if roll < 0.72:
        return one.capitalize() if roll < 0.67 else one.upper()
    if roll < 0.82:
        return f"{one}{whole(rng, 1, 99)}"
    return one + pick(rng, ("_", "-", ".", "")) + pick(rng, _WORDS)


def extension(rng: Random) -> str:
    """An extension without its dot."""
    if rng.random() < 0.9:
        return pick(rng, EXTENSIONS)
    return "".join(
        pick(rng, "abcdefghijklmnopqrstuvwxyz") for _ in range(int(rng.random() * 2) + 2)
    )


def file(rng: Random) -> str:
    """The name of a file: mostly with an extension, seldom with a path or in a variable."""
    roll = rng.random()
    if roll < 0.68:
        return f"{word(rng)}.{extension(rng)}"
    if roll < 0.84:
        return word(rng)
    if roll < 0.92:
        return f"{folder_path(rng).rstrip('/')}/{word(rng)}.{extension(rng)}"
    return f"${pick(rng, _VARIABLES)}"


def folder_path(rng: Random) -> str:
    """An absolute path of a folder."""
    roll = rng.random()
    if roll < 0.4:
        path = pick(rng, _KNOWN_FOLDERS)
    elif roll < 0.5:
        path = "/path/to/" + pick(rng, ("dir", "directory", "folder", "search", word(rng)))
    else:
        parts = [pick(rng, _TOPS)]
        while len(parts) < 4 and rng.random() < 0.6:
            parts.append(pick(rng, _BRANCHES) if rng.random() < 0.5 else word(rng))
        path = "/" + "/".join(parts)
        if len(parts) == 1 and rng.random() < 0.7:
            path = "/" + word(rng)
    return path + ("/" if rng.random() < 0.12 else "")


def folder(rng: Random) -> str:
    """A folder as one writes it: a path, a relative one, a name, or a variable."""
    roll = rng.random()
    if roll < 0.62:
        return folder_path(rng)
    if roll < 0.74:
        return "~/" + word(rng)
    if roll < 0.82:
        return pick(rng, ("./", "../")) + word(rng)
    if roll < 0.92:
        return word(rng)
    name = pick(rng, _VARIABLES)
    return f"${name}" if rng.random() < 0.75 else f"${{{name}}}"


def whole(rng: Random, low: int, high: int) -> str:
    """A whole number from `low` to `high`, both included."""
    return str(low + int(rng.random() * (high - low + 1)))


def small(rng: Random) -> str:
    """A number as of days or lines; small ones are likelier."""
    if rng.random() < 0.6:
        return whole(rng, 1, 12)
    return pick(rng, _words("14 15 20 21 24 30 40 45 50 60 90 100 120 180 200 365 500 1000"))


def user(rng: Random) -> str:
    """Somebody's login."""
    return pick(rng, _PEOPLE)


def group(rng: Random) -> str:
    """A group of users."""
    return pick(rng, _GROUPS)


def host(rng: Random) -> str:
    """A machine on the network."""
    return pick(rng, _HOSTS)


def process(rng: Random) -> str:
    """The name of a running program."""
    return pick(rng, _PROCESSES)


def package(rng: Random) -> str:
    """A package to install."""
    return pick(rng, _PACKAGES)


def mode(rng: Random) -> str:
    """Permissions in octal."""
    return pick(rng, _MODES)


def phrase(rng: Random) -> str:
    """A text to look for or to print: a word or two."""
    if rng.random() < 0.7:
        return word(rng)
    return f"{pick(rng, _WORDS)} {pick(rng, _WORDS)}"


MAKERS: dict[str, Maker] = {
    "word": word,
    "word2": word,
    "extension": extension,
    "extension2": extension,
    "file": file,
    "file2": file,
    "folder": folder,
    "folder2": folder,
    "small": small,
    "small2": lambda rng: whole(rng, 2, 9),
    "user": user,
    "group": group,
    "host": host,
    "process": process,
    "package": package,
    "mode": mode,
    "phrase": phrase,
    "phrase2": phrase,
    "pid": lambda rng: whole(rng, 100, 32000),
    "port": lambda rng: pick(rng, ("22", "80", "443", "2222", "3306", "8000", "8080", "5432")),
    "column": lambda rng: whole(rng, 1, 6),
    "delimiter": lambda rng: pick(rng, (",", ":", ";", "|", "\\t")),
    "variable": lambda rng: pick(rng, _VARIABLES),
}
