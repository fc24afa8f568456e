"""What kind of thing a path names, by its spelling alone. Nothing is looked up on the disk."""

from __future__ import annotations

import re

_SINKS = re.compile(
    r"/dev/(?:null|zero|full|tty\d*|stdin|stdout|stderr|random|urandom|fd/.*|pts/.*|console|ptmx)|-"
)
_HOMES = r"(?:~[\w-]*|\$\{?HOME\}?|/home/[\w.-]+|/Users/[\w.-]+|/root)"
_SYSTEM = re.compile(
    r"(?:/(?:etc|boot|bin|sbin|usr|lib\d*|sys|proc|var/(?:lib|spool)|System|Library)"
    # What a login or an identity depends on.
    rf"|{_HOMES}/\.(?:ssh|gnupg|aws|kube|netrc|bashrc|bash_profile|profile|zshrc|zprofile))"
    r"(?:/.*)?"
)
_HOME = re.compile(rf"(?:{_HOMES}|/home|/Users)/?\.?\*?")
_SLASHES = re.compile(r"(?<=/)/+|(?<=/)(?:\./)+")


def tidied(path: str) -> str:
    """Return the path with runs of slashes, and `/./`, made one slash."""
    return _SLASHES.sub("", path)


def is_sink(path: str) -> bool:
    """Whether what is written there goes nowhere, or to a terminal or an open descriptor."""
    return bool(_SINKS.fullmatch(tidied(path)))


def is_device(path: str) -> bool:
    """Whether the path names a disk, memory or another device that holds something."""
    path = tidied(path)
    kept = path.startswith(("/dev/shm/", "/dev/tcp/", "/dev/udp/", "/dev/mqueue/"))
    return path.startswith("/dev/") and not kept and not is_sink(path)


def is_socket(path: str) -> bool:
    """Whether bash itself connects to the network for this name."""
    return path.startswith(("/dev/tcp/", "/dev/udp/"))


def is_system(path: str) -> bool:
    """Whether the machine or a login depends on what the path names."""
    return bool(_SYSTEM.fullmatch(tidied(path)))


def named(path: str) -> str:
    """Return how to call what a path names in a sentence."""
    path = tidied(path)
    if path in ("/", "/*", "/.", "/.*"):
        return "the whole file system"
    if _HOME.fullmatch(path):
        return f"a whole home folder ({path})"
    if path in (".", "./", "./*", "*", ".*", "./.*", "{.,}*"):
        return "everything in the current folder"
    if path in ("..", "../", "../*"):
        return "everything in the folder above"
    return path
