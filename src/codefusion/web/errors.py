"""Errors as the API tells them: OpenAI's form, one status and one sentence each.

Not for what a user did wrong to a model or a file: those are `codefusion.errors`, told as 400.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from codefusion.errors import CodeFusionError

# What nginx logs for it; nobody is there to read it.
CLIENT_GONE = 499

_CODES = {400: "invalid_value", 404: "not_found", 405: "method_not_allowed"}


class ErrorDetail(BaseModel):
    """What went wrong, in OpenAI's form."""

    message: str = Field(examples=["unknown model 'fc'; did you mean 'cf'? known: bash, cf"])
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(None, examples=["model"])
    code: str = Field(examples=["model_not_found"])


class ErrorBody(BaseModel):
    """The body of every answer that is an error."""

    error: ErrorDetail


class ApiError(Exception):
    """A refusal with its status, its code (see docs/api.md) and the field it is about."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return what the client reads."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        if self.status == 429:
            kind = "rate_limit_error"
        detail = ErrorDetail(message=str(self), type=kind, param=self.param, code=self.code)
        return ErrorBody(error=detail).model_dump()

    def response(self) -> Response:
        """Return the whole answer."""
        return JSONResponse(self.body(), self.status, self.headers)


class ClientGoneError(Exception):
    """The client has disconnected: whatever was done for it may stop."""


def as_api_error(error: Exception) -> ApiError:
    """Return any error as one of ours; what nobody foresaw is a 500 that tells nothing."""
    match error:
        case ApiError():
            return error
        case CodeFusionError():
            return ApiError(400, "invalid_value", str(error))
        case RequestValidationError():
            return _of_validation(error)
        case HTTPException():
            code = _CODES.get(error.status_code, "error")
            return ApiError(error.status_code, code, str(error.detail), None, error.headers)
    logging.getLogger(__name__).error("unforeseen error", exc_info=error)
    return ApiError(500, "internal", "the server failed; its log says why")


def _of_validation(error: RequestValidationError) -> ApiError:
    first = error.errors()[0]
    if first["type"] == "model_attributes_type":
        message = "the body must be a JSON object, sent as Content-Type: application/json"
        return ApiError(400, "invalid_value", message)
    if first["type"] == "json_invalid":
        reason = first.get("ctx", {}).get("error", "")
        return ApiError(400, "invalid_value", f"the body is no JSON: {reason}")
    path = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    param = ".".join(path) or None
    message = first["msg"].removeprefix("Value error, ")
    return ApiError(400, "invalid_value", f"{param}: {message}" if param else message, param)


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the application in the one form."""

    async def handle(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code in (404, 405):
            error.detail = f"{error.detail}: {request.method} {request.url.path[:200]}"
        return as_api_error(error).response()

    async def gone(request: Request, error: Exception) -> Response:
        return Response(status_code=CLIENT_GONE)

    for kind in (ApiError, CodeFusionError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, handle)
    app.add_exception_handler(ClientGoneError, gone)


_MEANINGS = {
    400: "A field is missing, unknown or out of range, or the model can't take it.",
    401: "No API key, or another one.",
    403: "The host is not this machine's, or another site's page asks.",
    404: "No such model.",
    408: "The body did not come in time.",
    413: "The body is over the limit.",
    429: "Too many requests wait.",
    503: "The server is stopping.",
    504: "No answer within the time limit.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route: the errors that it may answer with."""
    responses: dict[int | str, dict[str, Any]] = {
        status: {"model": ErrorBody, "description": _MEANINGS[status]}
        for status in sorted({*statuses, 401, 403, 503})
    }
    # Without it FastAPI would document a 422 of its own, which never comes.
    return {**responses, "default": {"model": ErrorBody, "description": "Any other error."}}


ASKING = documented(400, 404, 408, 413, 429, 504)
