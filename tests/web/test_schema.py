"""The OpenAPI schema against the server: whatever is sent gets a documented answer, never a 5xx."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

# The models are untrained and the machine may be busy; what counts is which answers come.
EXAMPLES = 25


@pytest.mark.slow
def test_whatever_fits_the_schema_or_not_gets_a_documented_answer(server):
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi import checks

    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    api = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [one.ok() for one in api.get_all_operations()]
    assert len(operations) == 10
    for operation in operations:
        for mode in GenerationMode:
            if mode is GenerationMode.NEGATIVE and not operation.body:
                continue  # there is nothing to get wrong

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def check(case):
                case.call_and_validate(checks=wanted)

            check()
