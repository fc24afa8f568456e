"""A file from the network, once: complete, with the right hash, or not at all.

Not for which files (`benchmarks`), nor for what the Hub's own library fetches.
"""

from __future__ import annotations

import fcntl
import hashlib
import http.client
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from codefusion.errors import DataError


def fetch_file(url: str, path: Path, sha256: str) -> Path:
    """Return `path`, downloaded when it is missing; raises `DataError` where that fails."""
    try:
        if _has_hash(path, sha256):
            return path
        _refuse_offline(path, url)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(path.with_name(path.name + ".lock")):
            if not _has_hash(path, sha256):  # Another process may have been faster.
                download(url, path, sha256)
    except OSError as error:
        raise DataError(f"cannot write {path}: {error.strerror or error}") from None
    return path


def download(
    url: str, path: Path, sha256: str, attempts: int = 3, pause: float = 1.0, timeout: float = 30.0
) -> None:
    """Write what `url` holds to `path`, which appears only complete and with the right hash.

    A cut connection leaves `<path>.part`; the next attempt, or the next call, resumes it. Waits
    `pause` seconds between attempts. A complete part with another hash is deleted.
    """
    part = path.with_name(path.name + ".part")
    reason = ""
    for attempt in range(attempts):
        if attempt:
            time.sleep(pause)
        try:
            complete = _resume(url, part, timeout)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                raise DataError(
                    f"{url} answered {error.code} {error.reason}; download the file by other "
                    "means and pass its folder"
                ) from None
            reason = f"it answered {error.code} {error.reason}"
        except urllib.error.URLError as error:
            reason = str(error.reason)
        except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
            reason = str(error) or type(error).__name__
        else:
            if complete:
                break
            reason = "the connection was cut"
    else:
        size = part.stat().st_size if part.exists() else 0
        raise DataError(
            f"could not download {url}: {reason} ({size} bytes kept); run again to resume, "
            "or download the file by other means and pass its folder"
        )
    got = _hash(part)
    if got != sha256:
        part.unlink()
        raise DataError(
            f"{url} has SHA-256 {got}, expected {sha256}; the download was deleted, run again"
        )
    part.replace(path)


def _resume(url: str, part: Path, timeout: float) -> bool:
    """Append what `part` lacks; return whether it is complete now."""
    have = part.stat().st_size if part.exists() else 0
    # Without `identity` a server may compress, and lengths and ranges would mean other bytes.
    headers = {"User-Agent": "codefusion", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # Nothing is left to send; the hash decides what we have.
            error.close()
            return True
        raise
    with response:
        resumed = response.status == 206 and _range_start(response) == have
        if response.status == 206 and not resumed:
            part.unlink()  # The server sent some other range: start over at the next attempt.
            return False
        announced = response.headers.get("Content-Length")
        with part.open("ab" if resumed else "wb") as file:
            got = _copy(response, file)
    return announced is None or got == int(announced)


def _range_start(response: http.client.HTTPResponse) -> int | None:
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _copy(response: http.client.HTTPResponse, file: BinaryIO) -> int:
    copied = 0
    while chunk := response.read(1 << 16):
        file.write(chunk)
        copied += len(chunk)
    return copied


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    # Two runs that start together would write into one .part file.
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _refuse_offline(path: Path, url: str) -> None:
    for variable in ("CODEFUSION_OFFLINE", "HF_HUB_OFFLINE"):
        if os.environ.get(variable, "").upper() in {"1", "ON", "YES", "TRUE"}:
            raise DataError(
                f"{path} is missing and {variable} forbids the network; "
                f"unset it, or download {url} and pass its folder"
            )


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _has_hash(path: Path, sha256: str) -> bool:
    return path.is_file() and _hash(path) == sha256
