"""The examples of docs/api.md, as a person would type them."""

import json
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(*arguments):
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_curl_gets_programs_from_both_apis(server):
    asked = ("-H", "Content-Type: application/json", "-d")
    native = json.loads(
        curl(f"{server.url}/api/generate", *asked, '{"prompt": "who", "model": "bash", "n": 2}')
    )
    assert 1 <= len(native["candidates"]) <= 2
    openai = json.loads(
        curl(f"{server.url}/v1/completions", *asked, '{"prompt": "who", "model": "bash"}')
    )
    assert openai["choices"][0]["text"] == native["candidates"][0]["code"]


def test_curl_reads_a_stream_as_it_comes(server):
    body = '{"prompt": "who", "model": "bash", "stream": true, "steps": 3}'
    text = curl(
        "-N", f"{server.url}/api/generate", "-H", "Content-Type: application/json", "-d", body
    )
    assert text.count("event: step") == 3
    assert text.rstrip().rsplit("event: ", 1)[-1].startswith("result")
