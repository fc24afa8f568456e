"""Few-shot prompting of a model behind any OpenAI-compatible server, with similar examples.

Not for HTTP (`http_json`), and not for serving our own model.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from codefusion.data.examples import Example
from codefusion.data.retrieval import Retriever
from codefusion.errors import UsageError, unknown_name
from codefusion.evaluation.grading import TOP, Prediction
from codefusion.ranking import Sample, rank
from codefusion.systems.http_json import Connection, RequestError
from codefusion.systems.prompts import (
    SEPARATOR,
    check_template,
    code_of,
    few_shot_messages,
    few_shot_text,
)

# The last part of the address, by what the server is asked for.
PATHS = {"chat": "/chat/completions", "completions": "/completions"}
# How a server says that it knows the request and will not do it, such as n above 1.
_UNWILLING = (400, 422)


class EndpointSystem:
    """Asks `{url}/chat/completions`, or `/completions` with `api: completions`.

    The prompt holds the `shots` most similar examples of `train`. `samples` answers are asked for
    at once, and one by one of a server that gives fewer; the same program counts once, and those
    given most often come first. `body` holds further fields of the request, or others in the place
    of ours; null leaves one out (`max_tokens: null, max_completion_tokens: 256`).

    The key is read from the environment variable that `api_key_env` names, once, and is neither
    told nor kept in a result. `concurrency` requests are under way at a time; `timeout` and
    `backoff` are in seconds. The seed is sent along: whether the same seed gives the same answers
    is up to the server.
    """

    def __init__(
        self,
        url: str,
        model: str,
        train: Sequence[Example] = (),
        shots: int = 5,
        samples: int = 5,
        temperature: float = 0.8,
        max_tokens: int = 256,
        api: str = "chat",
        template: str = "# {prompt}\n",
        body: Mapping[str, Any] | None = None,
        api_key_env: str | None = None,
        timeout: float = 60.0,
        retries: int = 4,
        backoff: float = 1.0,
        concurrency: int = 1,
    ) -> None:
        if api not in PATHS:
            raise unknown_name("api", api, PATHS)
        least = {"samples": samples, "max_tokens": max_tokens, "concurrency": concurrency}
        for name, value in least.items():
            if value < 1:
                raise UsageError(f"{name} must be at least 1, got {value}")
        if shots < 0 or temperature < 0:
            raise UsageError(
                f"shots and temperature must not be below 0, got {shots}, {temperature}"
            )
        if shots and not train:
            raise UsageError(f"{shots} shots need training examples; name some, or set shots to 0")
        self._connection = Connection(url, _key(api_key_env), timeout, retries, backoff)
        self._retriever = Retriever(train) if shots else None
        self._shots = shots
        self._samples = samples
        self._api = api
        self._template = check_template(template)
        self._concurrency = concurrency
        self._fields: dict[str, str | int | float] = {
            "model": model,
            "temperature": temperature,
            "max_tokens": max_tokens,
        }
        self._body = dict(body or {})
        self._at_once = samples

    def describe(self) -> dict[str, str | int | float]:
        """Return the server, the model and the settings; how large it is only the server knows."""
        return {
            "parameters": "unknown",
            "url": self._connection.url,
            "api": self._api,
            **self._fields,
            "shots": self._shots,
            "samples": self._samples,
            **{name: str(value) for name, value in self._body.items()},
        }

    def predict(self, examples: Sequence[Example], seed: int = 0) -> Iterator[Prediction]:
        """Yield at most five programs for each example, in order.

        A request that got no usable answer, for all retries, is an error of its example; a server
        that cannot be used at all raises `EndpointError`.
        """
        waiting: deque[Future[Prediction]] = deque()
        with ThreadPoolExecutor(self._concurrency) as pool:
            try:
                for example in examples:
                    waiting.append(pool.submit(self._answer, example, seed))
                    if len(waiting) == self._concurrency:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _answer(self, example: Example, seed: int) -> Prediction:
        try:
            codes = self._ask(self._request(example), seed)
        except RequestError as error:
            return Prediction(example, (), str(error))
        # An empty program is no answer.
        draws = [Sample(code, place, 0.0) for place, code in enumerate(codes) if code]
        ranked = [one.sample.code for one in rank(draws, None) if one.first]
        return Prediction(example, tuple(ranked[: max(TOP)]))

    def _request(self, example: Example) -> dict[str, Any]:
        shots: list[Example] = []
        if self._retriever is not None:
            shots = self._retriever.neighbours(example.utterance, self._shots)
        asked: dict[str, Any] = dict(self._fields)
        if self._api == "chat":
            asked["messages"] = few_shot_messages(shots, example)
        else:
            asked["prompt"] = few_shot_text(self._template, shots, example)
            asked["stop"] = [SEPARATOR]
        return asked

    def _ask(self, request: dict[str, Any], seed: int) -> list[str]:
        """Return the codes of `samples` answers, in as many requests as the server needs."""
        codes: list[str] = []
        at_once = self._at_once
        requests = 0
        while len(codes) < self._samples and requests < self._samples:
            count = min(at_once, self._samples - len(codes))
            # Each request has a seed of its own, or a server without n would repeat itself.
            fields = {**request, "n": count, "seed": seed * self._samples + requests, **self._body}
            body = {name: value for name, value in fields.items() if value is not None}
            try:
                answer = self._connection.post(PATHS[self._api], body)
            except RequestError as error:
                if count == 1 or error.status not in _UNWILLING:
                    raise
                at_once = 1
                continue
            requests += 1
            codes += [self._code(choice) for choice in self._choices(answer)][:count]
        # That n was refused is known only now: the prompt could have been what was wrong.
        self._at_once = at_once
        return codes

    def _choices(self, answer: Any) -> list[Any]:
        choices = answer.get("choices") if isinstance(answer, dict) else None
        if not isinstance(choices, list) or not choices:
            raise RequestError(f"{self._connection.url} answered without choices")
        return choices

    def _code(self, choice: Any) -> str:
        try:
            if self._api == "chat":
                # A model that declines has null for content.
                code = code_of(choice["message"]["content"] or "")
            else:
                code = choice["text"].partition(SEPARATOR)[0].strip()
            # JSON can spell half a surrogate pair, which no file can take.
            return code.encode(errors="replace").decode()
        except (KeyError, TypeError, AttributeError):
            raise RequestError(f"{self._connection.url} answered a choice without text") from None


def _key(variable: str | None) -> str | None:
    if variable is None:
        return None
    key = os.environ.get(variable, "").strip()
    if not key:
        raise UsageError(f"the environment variable {variable} holds no API key; set it")
    return key
