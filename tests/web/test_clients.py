"""Clients that are slow, stuck or gone: nothing of theirs may touch the others."""

import asyncio
import json
import socket

import pytest
from servers import together, wait_until

from codefusion.web.service import BACKLOG, Steps

# Half a second or more, even of a tiny model on a fast machine.
LONG = {"steps": 64, "samples": 16, "guidance": 3.0}


def begin(server, **fields):
    """Send a request and return the connection, nothing read."""
    asked = {"prompt": "list all files", "model": "bash", "steps": 2, "samples": 2, **fields}
    body = json.dumps(asked).encode()
    head = "POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect(("127.0.0.1", server.port))
    client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return client


def test_a_client_that_never_reads_is_cut_off_and_holds_up_nobody(start):
    server = start(idle=1.0)
    plain = server.generate().json["candidates"]
    # More than the buffers of both sides hold, so that the server could not send it all.
    stuck = [begin(server, stream=True, trace=True, samples=16, steps=24, n=16) for _ in range(2)]
    wait_until(lambda: server.counted("codefusion_batch_rows_sum", model="bash") > 32)
    answers = together([server.generate] * 4)
    assert [one.json["candidates"] for one in answers] == [plain] * 4
    wait_until(lambda: server.server.server_state.connections == set())
    for one in stuck:
        one.close()


def test_what_a_client_asked_that_has_gone_is_not_drawn(start):
    server = start(rows=1)
    first = begin(server, **LONG)
    wait_until(lambda: server.counted("codefusion_batch_rows_count") == 1)
    gone = [begin(server, stream=place % 2 == 0) for place in range(4)]
    wait_until(lambda: server.counted("codefusion_queue_depth") == 4)
    for one in gone:
        one.close()
    wait_until(lambda: server.counted("codefusion_queue_depth") == 0)
    assert server.generate().status == 200
    assert server.counted("codefusion_batch_rows_count") == 2
    assert server.counted("codefusion_requests_total", status="499") >= 2
    first.close()


def test_a_client_that_goes_in_the_middle_of_a_stream_changes_nothing_for_others(server):
    plain = server.generate(seed=9).json["candidates"]
    leaving = [begin(server, stream=True, steps=30) for _ in range(3)]
    for one in leaving:
        one.recv(500)
    others = together([lambda: server.generate(seed=9)] * 2)
    for one in leaving:
        one.close()
    assert [one.json["candidates"] for one in others] == [plain] * 2


def test_what_takes_too_long_is_told_and_the_next_are_answered(start):
    server = start(answer=1.0, rows=1)
    late = [one for one in together([lambda: server.generate(**LONG)] * 6) if one.status == 504]
    assert late
    assert {one.error["code"] for one in late} == {"timeout"}
    wait_until(lambda: server.generate(steps=1, samples=1, n=1).status == 200, 60)


def test_what_takes_too_long_is_told_in_a_stream(start):
    server = start(answer=1.0, rows=1)
    streams = together([lambda: server.generate(**LONG, stream=True)] * 6)
    ends = [one.events[-1] for one in streams if one.status == 200]
    assert {name for name, _ in ends} <= {"result", "error"}
    assert {body["error"]["code"] for name, body in ends if name == "error"} == {"timeout"}


def test_more_than_may_wait_are_told_to_come_back(start):
    server = start(rows=1, waiting=2)
    first = begin(server, **LONG)
    wait_until(lambda: server.counted("codefusion_batch_rows_count") == 1)
    answers = together([server.generate] * 6)
    statuses = sorted(one.status for one in answers)
    assert statuses == [200, 200, 429, 429, 429, 429]
    for one in answers:
        if one.status == 429:
            assert one.error["code"] == "queue_full"
            assert int(one.headers["retry-after"]) >= 1
    first.close()


def test_more_connections_than_allowed_are_told_so(start):
    server = start(connections=5)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(6)]
    assert server.ask("GET", "/health/live").status == 503
    for one in idle:
        one.close()
    wait_until(lambda: server.ask("GET", "/health/live").status == 200)


def test_a_reader_of_steps_that_is_cancelled_leaves_nothing_behind():
    async def scenario():
        steps, done = Steps(), asyncio.get_running_loop().create_future()
        reader = asyncio.create_task(anext(steps.until(done)))
        await asyncio.sleep(0.01)
        reader.cancel()
        await asyncio.wait([reader])
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(scenario()) == set()


@pytest.mark.parametrize("count", [3, BACKLOG + 5])
def test_a_slow_reader_of_steps_misses_the_oldest_only(count):
    async def scenario():
        steps, done = Steps(), asyncio.get_running_loop().create_future()
        for number in range(count):
            steps.put([number])
        await asyncio.sleep(0)
        done.set_result(None)
        return [rows[0] async for rows in steps.until(done)]

    assert asyncio.run(scenario()) == list(range(count))[-BACKLOG:]
