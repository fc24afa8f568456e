"""What a server says of itself."""

from pathlib import Path

from codefusion import __version__


def test_the_models_are_told_with_what_they_can(server):
    body = server.ask("GET", "/api/models").json
    assert body["version"] == 1
    models = {one["id"]: one for one in body["models"]}
    assert list(models) == ["bash", "cf", "left"]
    assert models["bash"]["kind"] == "diffusion"
    assert models["left"]["kind"] == "left-to-right"
    for one in models.values():
        prompt = {"model": one["id"], "samples": 1, "n": 1}
        assert server.generate(steps=one["max_steps"], **prompt).status == 200
        assert server.generate(steps=one["max_steps"] + 1, **prompt).status == 400
        assert server.generate(guidance=2.0, **prompt).status == (200 if one["guidance"] else 400)
        beams = server.generate(**prompt).json["beams"]
        assert (beams > 0) == one["search"] == (one["id"] == "left")
        assert server.generate(draft="ls", **prompt).status == (200 if one["revise"] else 400)
    assert body["limits"]["samples"] == 64


def test_health_is_told_without_asking_a_model(server):
    for path in ("/health/live", "/health/ready"):
        answer = server.ask("GET", path)
        assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_requests_are_counted_by_route_and_status(start):
    server = start()
    for _ in range(2):
        server.generate()
    server.generate(n=0)
    server.ask("GET", "/no/such/route")
    route = {"route": "/api/generate"}
    assert server.counted("codefusion_requests_total", status="200", **route) == 2
    assert server.counted("codefusion_requests_total", status="400", **route) == 1
    assert server.counted("codefusion_requests_total", status="404", route="other") == 1
    assert server.counted("codefusion_request_seconds_count", **route) == 3
    assert server.counted("codefusion_batch_requests_sum", model="bash") == 2
    assert server.counted("codefusion_model_seconds_total", model="bash") > 0


def test_the_schema_names_every_route_with_an_example(server):
    schema = server.ask("GET", "/openapi.json").json
    assert schema["info"]["version"] == __version__
    assert {"/api/generate", "/v1/completions", "/api/workbook/preview"} <= set(schema["paths"])
    bodies = schema["components"]["schemas"]
    for name in ("GenerateRequest", "CompletionRequest"):
        assert bodies[name]["example"]["prompt"]
    assert "HTTPValidationError" not in bodies


def test_the_contract_tells_of_every_route_and_field(server):
    contract = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    schema = server.ask("GET", "/openapi.json").json
    for path in schema["paths"]:
        assert path.removesuffix("/{model}") in contract
    names = ("GenerateRequest", "GenerateResponse", "CandidateBody", "DangerBody")
    for name in (*names, "CompletionRequest", "StepBody", "ModelInfo"):
        for field in schema["components"]["schemas"][name]["properties"]:
            assert field in contract
