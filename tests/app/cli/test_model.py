"""`routeloom models`: the catalogue on the command line."""

from __future__ import annotations

import pytest

from app.cli.model import place_of
from tests.app.cli.program import Program
from tests.pipelines.gateway.stub import Stub, fails

LOCAL = "http://127.0.0.1:9/v1"


def test_add_answers_with_the_entry(program: Program) -> None:
    entry = program(
        *("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL, "--key-env", "MY_KEY"),
        *("--price-in", "0.5", "--price-out", "1.5", "--max-concurrency", "7", "--context-window", "8192", "--json"),
    ).json
    assert (entry["name"], entry["provider"], entry["target"]) == ("mine", "openai_compatible", "qwen3")
    assert (entry["base_url"], entry["key_env"], entry["key"]) == (LOCAL, "MY_KEY", "missing")
    assert (entry["price"]["input_usd_per_mtok"], entry["price"]["output_usd_per_mtok"]) == (0.5, 1.5)
    assert (entry["max_concurrency"], entry["context_window"]) == (7, 8192)


def test_add_tells_size_age_licence_and_region(program: Program) -> None:
    entry = program(
        *("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL, "--size-b", "4", "--json"),
        *("--released", "2025-04-28", "--licence", "apache-2.0", "--region", "eu", "--reads", "image"),
    ).json
    assert entry["traits"] == {
        "parameters_b": 4.0,
        "released_on": "2025-04-28",
        "licence": "apache-2.0",
        "region": "eu",
        "modalities": ["text", "image"],
    }
    wrong = program("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL, "--size-b", "0")
    assert (wrong.code, "The parameters b of the model is wrong" in wrong.stderr) == (2, True)


def test_an_added_model_is_listed_and_can_be_the_default(program: Program) -> None:
    program("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL)
    assert program("models", "default", "mine", "--json").json == {"default": "mine"}
    listed = program("models", "--json").json
    assert listed["default"] == "mine"
    assert "mine" in {row["name"] for row in listed["models"]}
    assert "* " in next(line for line in program("models", "list").stdout.splitlines() if " mine " in line)


def test_a_shipped_model_is_replaced_and_said_so(program: Program) -> None:
    outcome = program("models", "add", "gpt-4o-mini", "--model", "openai/gpt-4o-mini")
    assert outcome.stderr.startswith("Replaced 'gpt-4o-mini'.")


def test_a_removed_model_is_gone(program: Program) -> None:
    program("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL)
    assert program("models", "remove", "mine", "--json").json == {"removed": "mine"}
    assert "mine" not in {row["name"] for row in program("models", "--json").json["models"]}
    again = program("models", "remove", "mine", "--json")
    assert (again.code, again.json["error"]["kind"]) == (2, "NotFound")


def test_an_unknown_model_cannot_be_the_default(program: Program) -> None:
    outcome = program("models", "default", "nope", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "ConfigurationError")


def test_a_default_that_the_environment_overrules_is_refused(program: Program) -> None:
    program("models", "add", "mine", "--model", "openai/qwen3", "--base-url", LOCAL)
    outcome = program("models", "default", "mine", "--json", ROUTELOOM_DEFAULT_MODEL="smollm2-135m")
    assert outcome.code == 2
    assert "ROUTELOOM_DEFAULT_MODEL" in outcome.json["error"]["message"]


@pytest.mark.parametrize(
    ("model", "has_base_url", "provider", "target"),
    [
        ("openai/gpt-4o-mini", False, "litellm", "openai/gpt-4o-mini"),
        ("anthropic/claude-haiku-4-5", False, "litellm", "anthropic/claude-haiku-4-5"),
        ("openai/qwen3", True, "openai_compatible", "qwen3"),
        ("hosted_vllm/meta-llama/Llama-3", True, "openai_compatible", "meta-llama/Llama-3"),
        ("qwen3", True, "openai_compatible", "qwen3"),
        ("meta-llama/Llama-3", True, "openai_compatible", "meta-llama/Llama-3"),
        ("ollama_chat/llama3", True, "litellm", "ollama_chat/llama3"),
        ("azure/my-deployment", True, "litellm", "azure/my-deployment"),
    ],
)
def test_the_name_says_which_provider_is_meant(model: str, has_base_url: bool, provider: str, target: str) -> None:
    assert place_of(model, has_base_url=has_base_url) == (provider, target)


def test_another_host_is_refused_with_the_setting_that_allows_it(program: Program) -> None:
    args = ("models", "add", "gpu", "--model", "openai/m", "--base-url", "http://gpu.example:8000/v1", "--json")
    refused = program(*args)
    assert refused.code == 2
    assert refused.json["error"]["message"].endswith("""export ROUTELOOM_ALLOWED_HOSTS='["gpu.example"]'""")
    assert program(*args, ROUTELOOM_ALLOWED_HOSTS='["gpu.example"]').code == 0


def test_a_metadata_address_is_refused_whatever_is_allowed(program: Program) -> None:
    outcome = program(
        *("models", "add", "x", "--model", "openai/m", "--base-url", "http://169.254.169.254/v1", "--json"),
        ROUTELOOM_ALLOWED_HOSTS='["*"]',
    )
    assert outcome.code == 2
    assert "never asked" in outcome.json["error"]["message"]
    assert "ROUTELOOM_ALLOWED_HOSTS" not in outcome.json["error"]["message"]


def test_a_key_given_for_its_name_is_refused_and_not_repeated(program: Program) -> None:
    outcome = program("models", "add", "x", "--model", "openai/m", "--key-env", "sk-canary-7391", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "DocumentError")
    assert "canary" not in outcome.stdout + outcome.stderr


def test_half_a_price_is_wrong_usage(program: Program) -> None:
    outcome = program("models", "add", "x", "--model", "openai/m", "--price-in", "1", "--json")
    assert (outcome.code, outcome.json["error"]["kind"]) == (2, "UsageError")


def test_a_price_that_is_no_number_is_bad_input(program: Program) -> None:
    args = ("models", "add", "x", "--model", "openai/m", "--price-in", "inf", "--price-out", "1", "--json")
    assert (program(*args).code, program(*args).json["error"]["kind"]) == (2, "DocumentError")


def test_a_test_call_tells_what_the_model_said(asking: Program) -> None:
    outcome = asking("models", "test", "stub", "--json")
    assert outcome.code == 0
    assert (outcome.json["ok"], outcome.json["answer"], outcome.json["output_tokens"]) == (True, "hello", 2)
    assert asking("models", "test", "stub").stdout == "hello\n"


def test_a_test_call_that_fails_is_code_1_with_the_reason(asking: Program, stub: Stub) -> None:
    stub.will(fails(401, "bad key"))
    outcome = asking("models", "test", "stub", "--json")
    assert (outcome.code, outcome.json["ok"], outcome.json["error_kind"]) == (1, False, "ModelRefusedKey")


def test_a_test_call_to_an_unknown_model_is_bad_input(asking: Program, stub: Stub) -> None:
    outcome = asking("models", "test", "nope", "--json")
    assert (outcome.code, outcome.json["error"]["kind"], stub.calls) == (2, "ConfigurationError", 0)
