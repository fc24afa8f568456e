"""The queue of one model: who is drawn with whom, in which order, and who is turned away."""

import threading
from dataclasses import dataclass, replace

import pytest
from servers import wait_until

from codefusion.web.batching import Batcher
from codefusion.web.errors import ApiError, ClientGoneError
from codefusion.web.limits import Limits
from codefusion.web.metrics import Metrics
from codefusion.web.served import Question, ServedModel

LIMITS = Limits(window=0.0, rows=10, waiting=5)


@dataclass(frozen=True)
class Work:
    name: str
    rows: int = 1
    kind: str = "plain"


class Model:
    """Answers with the names in capitals; holds until it is let go."""

    def __init__(self, **limits):
        self.batches = []
        self.go = threading.Event()
        self.metrics = Metrics()
        self.batcher = Batcher("m", self.draw, replace(LIMITS, **limits), self.metrics)

    def draw(self, batch, wanted):
        self.batches.append([one.name for one in batch])
        wait_until(lambda: self.go.is_set() or not wanted(), 10)
        if any(one.kind == "broken" for one in batch):
            raise ZeroDivisionError("broken")
        return [one.name.upper() for one in batch]

    def hold(self):
        """Keep the model busy, so that what follows waits."""
        first = self.batcher.submit(Work("first"))
        wait_until(lambda: self.batches)
        return first

    def submit(self, *works):
        return [self.batcher.submit(one) for one in works]

    def finish(self):
        self.go.set()
        self.batcher.close()
        return self.batches


def test_what_waits_is_drawn_together_and_each_gets_its_own_answer():
    model = Model()
    first = model.hold()
    others = model.submit(Work("a"), Work("b"), Work("c"))
    assert model.finish() == [["first"], ["a", "b", "c"]]
    assert [one.result() for one in (first, *others)] == ["FIRST", "A", "B", "C"]


def test_only_the_same_kind_is_drawn_together_and_nobody_waits_for_ever():
    model = Model()
    model.hold()
    model.submit(Work("a"), Work("x", kind="other"), Work("b"), Work("y", kind="other"))
    assert model.finish() == [["first"], ["a", "b"], ["x", "y"]]


def test_a_batch_has_no_more_rows_than_allowed_unless_one_request_has():
    model = Model()
    model.hold()
    model.submit(Work("a", 6), Work("b", 5), Work("c", 1), Work("huge", 50))
    assert model.finish() == [["first"], ["a"], ["b", "c"], ["huge"]]


def test_with_one_row_a_batch_each_request_is_drawn_alone():
    model = Model(rows=1)
    model.hold()
    model.submit(Work("a", 6), Work("b", 5), Work("c", 1))
    assert model.finish() == [["first"], ["a"], ["b"], ["c"]]


def test_a_window_gathers_those_who_come_a_moment_later():
    model = Model(window=0.3)
    model.go.set()
    model.submit(Work("a"))
    model.submit(Work("b"))
    assert model.finish() == [["a", "b"]]


def test_who_gives_up_is_not_drawn_and_makes_room():
    model = Model()
    model.hold()
    futures = model.submit(*(Work(str(n)) for n in range(5)))
    with pytest.raises(ApiError):
        model.batcher.submit(Work("late"))
    assert futures[2].cancel()
    model.submit(Work("late"))
    assert model.finish() == [["first"], ["0", "1", "3", "4", "late"]]


def test_what_nobody_of_a_batch_wants_any_more_is_not_finished():
    model = Model()
    first = model.hold()
    a, b = model.submit(Work("a"), Work("b"))
    assert not first.cancel(), "it is under way, and ends only because nobody wants it"
    wait_until(lambda: len(model.batches) == 2)
    a.cancel()
    assert not b.done()
    assert model.finish() == [["first"], ["a", "b"]]
    assert b.result() == "B"


def test_a_full_queue_says_when_to_come_back():
    model = Model(waiting=1)
    model.hold()
    model.submit(Work("a"))
    with pytest.raises(ApiError) as raised:
        model.batcher.submit(Work("b"))
    assert raised.value.status == 429
    assert int(raised.value.headers["Retry-After"]) >= 1
    model.finish()


def test_what_breaks_is_told_to_those_concerned_and_the_next_are_answered():
    model = Model()
    model.hold()
    broken = model.submit(Work("a", kind="broken"), Work("b", kind="broken"))
    (fine,) = model.submit(Work("c"))
    model.finish()
    for one in broken:
        with pytest.raises(ZeroDivisionError):
            one.result()
    assert fine.result() == "C"


def test_the_depth_of_the_queue_is_told():
    model = Model()
    model.hold()
    model.submit(Work("a"), Work("b"))
    assert model.metrics.registry.get_sample_value("codefusion_queue_depth", {"model": "m"}) == 2
    model.finish()
    assert model.metrics.registry.get_sample_value("codefusion_queue_depth", {"model": "m"}) == 0


def test_drawing_ends_between_two_steps_when_nobody_wants_it(pipelines):
    model = ServedModel("bash", pipelines["bash"])
    asked = []

    def wanted():
        asked.append(len(asked))
        return len(asked) < 3

    with pytest.raises(ClientGoneError):
        model.draw([model.prepare(Question("who", steps=64))], wanted)
    assert len(asked) == 3


def test_what_a_left_to_right_model_is_watched_writing_ends_when_nobody_wants_it(pipelines):
    model = ServedModel("left", pipelines["left"])
    seen = []
    asked = model.prepare(Question("who", on_step=seen.append))
    with pytest.raises(ClientGoneError):
        model.draw([asked], lambda: len(seen) < 2)
    assert len(seen) == 2


def test_searches_of_one_width_are_one_batch_whose_rows_are_their_beams(pipelines):
    model = ServedModel("left", pipelines["left"])
    few, more = (model.prepare(Question("who", n=n, samples=64, seed=n)) for n in (1, 5))
    wide = model.prepare(Question("who", n=17))
    drawn = model.prepare(Question("who", trace=True))
    assert few.rows == more.rows == model.pipeline.default_beams(5)
    assert (wide.rows, drawn.rows) == (17, 16)
    assert few.kind == more.kind
    assert len({one.kind for one in (few, wide, drawn)}) == 3
    one, five = model.draw([few, more])
    assert [each.code for each in one] == [each.code for each in five][:1]


def test_who_says_no_steps_gets_those_that_the_model_takes_of_its_own_accord(make_pipeline):
    for changes in ({}, {"lagged": True, "self_conditioning": False}):
        pipeline = make_pipeline(**changes)
        model = ServedModel("bash", pipeline)
        asked = Question("who", steps=None, trace=True, samples=2, n=2)
        plain, said = (
            model.prepare(replace(asked, steps=steps)) for steps in (None, pipeline.default_steps)
        )
        assert plain.kind == said.kind
        assert model.steps_of(plain) == pipeline.most_steps(pipeline.default_steps)
        assert model.draw([plain]) == model.draw([said])
