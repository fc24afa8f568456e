import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from codefusion.data.benchmarks import (
    BENCHMARKS,
    PARTS,
    Benchmark,
    bucket,
    cache_folder,
    fetch,
    find,
    hashed_split,
    load_benchmark,
    normalise,
    read_benchmark,
)
from codefusion.data.download import download
from codefusion.errors import DataError, UsageError


def row(utterance: str | None, code: str, number: int = 0, **more: Any) -> dict[str, Any]:
    return {"ID": number, "NL Utterance": utterance, "Code": code, **more}


def with_bucket(wanted: Callable[[int], bool], prefix: str = "number") -> str:
    return next(f"{prefix} {n}" for n in range(10_000) if wanted(bucket(f"{prefix} {n}")))


TO_TEST = with_bucket(lambda place: place < 10)
TO_TEST_TOO = with_bucket(lambda place: 10 <= place < 15)
TO_VALIDATION = with_bucket(lambda place: 15 <= place < 25)
TO_TRAIN = with_bucket(lambda place: place >= 25)


def utterances(splits: dict[str, Any]) -> dict[str, list[str]]:
    return {part: [example.utterance for example in splits[part]] for part in PARTS}


def small(folder: Path, train: list[Any], test: list[Any], language: str = "bash") -> Benchmark:
    content = json.dumps({"train": train, "test": test}).encode()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Small.json").write_bytes(content)
    return Benchmark(language, "Small.json", hashlib.sha256(content).hexdigest())


def test_the_bucket_ignores_case_and_spacing() -> None:
    assert normalise(" List\tALL\n files ") == "list all files"
    assert bucket(" List\tALL\n files ") == bucket("list all files")
    # From the definition: int(sha256(b"list all files").hexdigest(), 16) % 100.
    digest = hashlib.sha256(b"list all files").hexdigest()
    assert bucket("list all files") == int(digest, 16) % 100


@pytest.mark.parametrize("language", ["bash", "cf"])
def test_pooled_rows_are_split_by_bucket_whatever_part_they_were_published_in(
    language: str,
) -> None:
    rows = [row(u, "F(1)") for u in (TO_TEST, TO_TEST_TOO, TO_VALIDATION, TO_TRAIN)]
    expected = {
        "test": [TO_TEST, TO_TEST_TOO],
        "validation": [TO_VALIDATION],
        "train": [TO_TRAIN],
    }
    for cut in range(5):
        assert utterances(hashed_split(language, rows[:cut], rows[cut:])) == expected


def test_python_keeps_the_published_test_and_no_training_row_shares_its_utterance() -> None:
    train = [row(u, "x") for u in (TO_TEST, TO_TEST_TOO, TO_TRAIN, "Asked  in the test", None)]
    test = [row("asked in the TEST", "y"), row(TO_TRAIN + "!", "z"), row(TO_TRAIN + "!", "z")]
    assert utterances(hashed_split("python", train, test)) == {
        "test": ["asked in the TEST", TO_TRAIN + "!", TO_TRAIN + "!"],
        "validation": [TO_TEST],
        "train": [TO_TEST_TOO, TO_TRAIN],
    }


@pytest.mark.parametrize("language", ["bash", "python"])
def test_rows_are_stripped_and_only_the_first_of_repeats_is_kept(language: str) -> None:
    rows = [
        row(f"{TO_TRAIN}\n", "ls -l\n"),
        row(TO_TRAIN.upper(), "ls  -l"),
        row(TO_TRAIN, "ls -a"),
        row(TO_TRAIN, " "),
        row("", "ls"),
        row(None, "ls"),
    ]
    kept = hashed_split(language, rows, [])["train"]
    assert [(example.utterance, example.code) for example in kept] == [
        (TO_TRAIN, "ls -l"),
        (TO_TRAIN, "ls -a"),
    ]


def test_cf_drops_what_is_no_rule_and_keeps_the_table() -> None:
    data = [["Index", "Value"], [0, None], [1, "2.5"]]
    rows = [
        row(TO_TRAIN, "LessThan(1)", 1, Data=data),
        row(TO_TRAIN, "LessThan(2)", 730),
        row(TO_TRAIN, "sheet.addConditionalFormat(1)", 2),
        row(TO_TRAIN, "addConditionalFormat(1)", 3),
        row(TO_TRAIN, "=A1>3", 4),
        row(TO_TRAIN, "LessThan", 5),
    ]
    (kept,) = hashed_split("cf", rows, [])["train"]
    assert kept.code == "LessThan(1)"
    assert kept.table == (("Index", "Value"), ("0", ""), ("1", "2.5"))


def test_the_published_split_keeps_both_parts_with_their_repeats(tmp_path: Path) -> None:
    benchmark = small(tmp_path, [row(TO_TEST, "a\n"), row(TO_TEST, "a")], [row(TO_TRAIN, "b")])
    splits = read_benchmark(benchmark, tmp_path / "Small.json", "published")
    assert utterances(splits) == {"train": [TO_TEST] * 2, "validation": [], "test": [TO_TRAIN]}
    assert [example.code for example in splits["train"]] == ["a", "a"]


def test_a_wrong_number_of_rows_is_told_with_both_counts(tmp_path: Path) -> None:
    benchmark = small(tmp_path, [row(TO_TRAIN, "a")], [])
    right = replace(benchmark, counts={"train": 1, "validation": 0, "test": 0})
    assert len(read_benchmark(right, tmp_path / "Small.json")["train"]) == 1
    wrong = replace(benchmark, counts={"train": 2})
    with pytest.raises(DataError, match="train part of the hashed split has 1 rows, expected 2"):
        read_benchmark(wrong, tmp_path / "Small.json")


def test_another_file_under_the_published_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "BashBenchmarks.json").write_text('{"train": [], "test": []}')
    with pytest.raises(DataError, match=r"not the published file: SHA-256 .*, expected fda320d1"):
        load_benchmark("bash", folder=tmp_path)


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "Small.json").write_text("[]")
    benchmark = Benchmark("bash", "Small.json", hashlib.sha256(b"[]").hexdigest())
    with pytest.raises(DataError, match="not of the form"):
        read_benchmark(benchmark, tmp_path / "Small.json")


def test_a_folder_may_be_a_checkout_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    benchmark = small(tmp_path / "CodeFusion" / "Benchmarks", [], [])
    assert find(benchmark, tmp_path) == tmp_path / "CodeFusion" / "Benchmarks" / "Small.json"
    with pytest.raises(DataError, match=r"holds no Other\.json"):
        find(replace(benchmark, file_name="Other.json"), tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        find(benchmark, tmp_path / "nowhere")


def test_unknown_names_are_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'python'"):
        load_benchmark("pyton")
    with pytest.raises(UsageError, match="did you mean 'hashed'"):
        load_benchmark("bash", "hash")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEFUSION_HOME", "/a")
    monkeypatch.setenv("XDG_CACHE_HOME", "/b")
    assert cache_folder() == Path("/a")
    monkeypatch.setenv("CODEFUSION_HOME", "")
    assert cache_folder() == Path("/b/codefusion")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "codefusion"


CONTENT = bytes(range(256)) * 800
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Site:
    """A web server on this machine that serves CONTENT, and can fail as servers do."""

    url: str = ""
    cut_after: list[int] = field(default_factory=list)  # bytes to send, per answer, then hang up
    status: list[int] = field(default_factory=list)  # error to answer, per request
    knows_ranges: bool = True
    asked: list[str | None] = field(default_factory=list)  # the Range header of every request


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "*")
    site = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            site.asked.append(asked)
            if site.status:
                self.send_error(site.status.pop(0))
                return
            start = int(asked[6:-1]) if asked and site.knows_ranges else 0
            if start and start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/*")
            body = CONTENT[start:]
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: site.cut_after.pop(0)] if site.cut_after else body)

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_cut_download_is_resumed_where_it_stopped(site: Site, tmp_path: Path) -> None:
    site.cut_after = [70_000, 5_000]
    download(f"{site.url}/f", tmp_path / "f", SHA256, pause=0)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert site.asked == [None, "bytes=70000-", "bytes=75000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_download_given_up_is_resumed_by_the_next_run(site: Site, tmp_path: Path) -> None:
    site.cut_after = [70_000]
    with pytest.raises(DataError, match=r"connection was cut \(70000 bytes kept\); run again"):
        download(f"{site.url}/f", tmp_path / "f", SHA256, attempts=1)
    assert not (tmp_path / "f").exists()
    download(f"{site.url}/f", tmp_path / "f", SHA256, attempts=1)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert site.asked == [None, "bytes=70000-"]


def test_a_server_that_ignores_ranges_sends_everything_anew(site: Site, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(CONTENT[:100])
    site.knows_ranges = False
    download(f"{site.url}/f", tmp_path / "f", SHA256)
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_part_that_was_complete_already_only_needs_its_name(site: Site, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(CONTENT)
    download(f"{site.url}/f", tmp_path / "f", SHA256)
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_download_with_the_wrong_hash_is_deleted_and_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"SHA-256 {SHA256}, expected 00; the download was deleted"):
        download(f"{site.url}/f", tmp_path / "f", "00")
    assert list(tmp_path.iterdir()) == []


def test_a_part_with_foreign_bytes_never_becomes_the_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(b"foreign")
    with pytest.raises(DataError, match="the download was deleted"):
        download(f"{site.url}/f", tmp_path / "f", SHA256)
    download(f"{site.url}/f", tmp_path / "f", SHA256)
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_missing_page_is_told_at_once(site: Site, tmp_path: Path) -> None:
    site.status = [404]
    with pytest.raises(DataError, match="answered 404 Not Found; download the file by other"):
        download(f"{site.url}/f", tmp_path / "f", SHA256)
    assert len(site.asked) == 1


def test_a_busy_server_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.status = [503]
    download(f"{site.url}/f", tmp_path / "f", SHA256, pause=0)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert len(site.asked) == 2


def test_a_server_that_is_not_there_is_one_line(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="could not download") as caught:
        download("http://127.0.0.1:1/f", tmp_path / "f", SHA256, pause=0)
    assert "\n" not in str(caught.value)


def test_a_file_is_fetched_once_and_again_when_it_was_damaged(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("CODEFUSION_HOME", str(tmp_path / "home"))
    benchmark = Benchmark("bash", "f.json", SHA256)
    path = fetch(benchmark, base_url=site.url)
    assert path == tmp_path / "home" / "benchmarks" / "f.json"
    assert fetch(benchmark, base_url=site.url) == path
    assert len(site.asked) == 1
    path.write_bytes(b"damaged")
    assert fetch(benchmark, base_url=site.url).read_bytes() == CONTENT


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "CODEFUSION_OFFLINE"])
def test_offline_nothing_is_asked_and_the_remedy_is_named(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("HF_HUB_OFFLINE", "CODEFUSION_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "1")
    benchmark = Benchmark("bash", "f.json", SHA256)
    with pytest.raises(DataError, match=rf"{variable} forbids .*; unset it, or download .*f\.json"):
        fetch(benchmark, tmp_path, site.url)
    assert site.asked == []
    (tmp_path / "f.json").write_bytes(CONTENT)
    assert fetch(benchmark, tmp_path, site.url) == tmp_path / "f.json"


def test_the_published_files_are_pinned() -> None:
    for language, benchmark in BENCHMARKS.items():
        assert benchmark.language == language
        assert len(bytes.fromhex(benchmark.sha256)) == 32
        assert set(benchmark.counts) == set(PARTS)
