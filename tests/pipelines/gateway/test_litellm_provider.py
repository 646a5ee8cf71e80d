"""The wide path against the lean one: the same request on the wire, the same text, usage and cost in the record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from pipelines.catalogue import Catalogue
from pipelines.chat import ChatRequest, Message, Reply, Sampling
from pipelines.error import (
    ConfigurationError,
    ModelAnsweredGarbage,
    ModelError,
    ModelOverloaded,
    ModelRefusedKey,
    ModelRejectedRequest,
    ModelUnreachable,
)
from pipelines.gateway.direct import DirectProvider
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.litellm_provider import ERROR_TYPES, LATE_WARNINGS, LiteLlmProvider
from pipelines.store import MemoryStore
from tests.pipelines.gateway import stub as s
from tests.pipelines.gateway.scene import CANARY, Scope, ask, entry, gateway

pytestmark = [pytest.mark.filterwarnings(f"ignore:{message}") for message in LATE_WARNINGS]

PLAIN = ask("hi", sampling=Sampling())
FULL = ChatRequest(
    messages=(Message(role="system", content="be brief"), Message(role="user", content="naïve “hi”")),
    model="small",
    sampling=Sampling(temperature=0.7, top_p=0.9, max_tokens=10, stop=("X", "Y")),
    response_schema={"type": "object", "properties": {"a": {"type": "string"}}},
    logprobs=True,
    seed=3,
)


@pytest.fixture
async def server() -> AsyncIterator[s.Stub]:
    async with s.serving() as stub:
        yield stub


@pytest.fixture
async def wide() -> AsyncIterator[LiteLlmProvider]:
    provider = LiteLlmProvider()
    yield provider
    await provider.aclose()


@pytest.fixture
async def lean() -> AsyncIterator[DirectProvider]:
    provider = DirectProvider()
    yield provider
    await provider.aclose()


def litellm_entry(server: s.Stub, prefix: str = "openai/", **changes: Any) -> Any:
    return entry(server.base_url, provider="litellm", target=f"{prefix}m", **changes)


def without_stream(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None and not name.startswith("stream")}


@pytest.mark.parametrize("prefix", ["openai/", "hosted_vllm/"])
@pytest.mark.parametrize("request_", [PLAIN, FULL], ids=["plain", "full"])
@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_both_paths_send_the_same_body_and_read_the_same_reply(
    server: s.Stub, wide: LiteLlmProvider, lean: DirectProvider, prefix: str, request_: ChatRequest, streamed: bool
) -> None:
    logprobs = {"content": [{"token": "hello", "logprob": -0.25, "top_logprobs": []}]} if request_.logprobs else None
    choice = {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "length"}
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "total_tokens": 11,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    if streamed:
        tail = {**s.chunk(), "choices": [], "usage": usage}
        server.will(
            s.streams(s.chunk("hel", logprob=-0.5), s.chunk("lo", logprob=-0.1), s.chunk(finish="length"), tail)
        )
    else:
        server.will(
            s.answers(s.reply("", choices=[choice | ({"logprobs": logprobs} if logprobs else {})], usage=usage))
        )
    heard: list[list[str]] = [[], []]
    direct = await lean.complete(entry(server.base_url), request_, heard[0].append if streamed else None)
    routed = await wide.complete(litellm_entry(server, prefix), request_, heard[1].append if streamed else None)
    assert without_stream(server.bodies[0]) == without_stream(server.bodies[1])
    assert essence(direct) == essence(routed)
    assert heard[0] == heard[1] == (["hel", "lo"] if streamed else [])
    assert direct.text == "hello"
    assert (direct.usage.input_tokens, direct.usage.cached_input_tokens, direct.finish_reason) == (9, 4, "length")
    assert (direct.logprobs is not None) == request_.logprobs


def essence(reply: Reply) -> dict[str, Any]:
    return reply.model_dump(exclude={"first_token_s"})


async def test_both_paths_cost_the_same(server: s.Stub, wide: LiteLlmProvider, lean: DirectProvider) -> None:
    by_wide = await gateway(wide, litellm_entry(server)).complete(ask(), Scope())
    by_lean = await gateway(lean, entry(server.base_url)).complete(ask(), Scope())
    assert by_wide.model_dump() == by_lean.model_dump()
    assert by_wide.cost_usd == pytest.approx(5 * 1e-6 + 2 * 10e-6)


async def test_a_plain_server_behind_a_litellm_name_takes_the_lean_path(server: s.Stub, lean: DirectProvider) -> None:
    untouched = LiteLlmProvider()
    model = litellm_entry(server, "hosted_vllm/")
    door = Gateway(Catalogue([model]), {"litellm": untouched, "openai_compatible": lean}, MemoryStore())
    scope = Scope()
    assert (await door.complete(ask(), scope)).text == "hello"
    assert server.bodies[0]["model"] == "m"
    assert server.headers[0]["User-Agent"] == "routeloom"
    assert scope.calls[0].provider == "openai_compatible"


@pytest.mark.parametrize(
    ("behaviour", "kind", "calls"),
    [
        (s.fails(400), ModelRejectedRequest, 1),
        (s.fails(401), ModelRefusedKey, 1),
        (s.fails(403), ModelRefusedKey, 1),
        (s.fails(404), ModelRejectedRequest, 1),
        (s.fails(429), ModelOverloaded, 3),
        (s.fails(500), ModelOverloaded, 3),
        (s.fails(503), ModelOverloaded, 3),
        (s.says("x", choices=[]), ModelAnsweredGarbage, 3),
    ],
    ids=["400", "401", "403", "404", "429", "500", "503", "no choices"],
)
async def test_faults_become_our_errors_and_only_our_loop_repeats(
    server: s.Stub, wide: LiteLlmProvider, behaviour: s.Behaviour, kind: type[ModelError], calls: int
) -> None:
    server.will(behaviour)
    scope = Scope()
    with pytest.raises(ModelError) as caught:
        await gateway(wide, litellm_entry(server)).complete(ask(), scope)
    assert type(caught.value) is kind
    assert server.calls == calls
    assert len(scope.calls[0].attempts) == calls


async def test_retry_after_is_passed_on(server: s.Stub, wide: LiteLlmProvider) -> None:
    server.will(s.fails(429, "slow down", Retry_After="7"))
    with pytest.raises(ModelOverloaded) as caught:
        await wide.complete(litellm_entry(server), ask(), None)
    assert caught.value.retry_after_s == 7.0
    assert str(caught.value) == "The model 'small' failed: slow down"


async def test_a_server_that_is_not_there_is_worth_another_try(wide: LiteLlmProvider) -> None:
    async with s.serving() as gone:
        model = litellm_entry(gone)
    with pytest.raises(ModelError) as caught:
        await wide.complete(model, ask(), None)
    assert type(caught.value) in (ModelUnreachable, ModelOverloaded)


async def test_no_key_of_the_environment_goes_to_another_address(
    server: s.Stub, wide: LiteLlmProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    await wide.complete(litellm_entry(server), ask(), None)
    assert CANARY not in str(server.headers)


async def test_the_key_is_in_no_error(server: s.Stub, wide: LiteLlmProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTELOOM_TEST_KEY", CANARY)
    server.will(s.fails(401, f"bad key {CANARY}"))
    with pytest.raises(ModelRefusedKey) as caught:
        await wide.complete(litellm_entry(server, key_env="ROUTELOOM_TEST_KEY"), ask(), None)
    assert server.headers[0]["Authorization"] == f"Bearer {CANARY}"
    assert CANARY not in str(caught.value)
    assert "[key]" in str(caught.value)


async def test_the_address_rule_holds_here_too(wide: LiteLlmProvider) -> None:
    for base_url in ("http://169.254.169.254/v1", "https://api.example.com/v1"):
        with pytest.raises(ConfigurationError):
            await wide.complete(entry(base_url, provider="litellm", target="ollama/m"), ask(), None)


async def test_every_error_of_litellm_has_its_place(wide: LiteLlmProvider, server: s.Stub) -> None:
    await wide.complete(litellm_entry(server), ask(), None)
    exceptions = sys.modules["litellm"].exceptions
    known = tuple(getattr(exceptions, name) for name in ERROR_TYPES)
    not_of_providers = {
        "BudgetExceededError",
        "MockException",
        "ModifyResponseException",
        "SensitiveDataRouteException",
    }
    unmapped = {
        name
        for name, kind in vars(exceptions).items()
        if isinstance(kind, type)
        and issubclass(kind, Exception)
        and kind.__module__ == exceptions.__name__
        and not issubclass(kind, known)
    }
    assert unmapped <= not_of_providers


def test_making_the_provider_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pipelines.gateway.standard import standard_providers; standard_providers();"
        " print(sorted({'litellm', 'openai', 'keyring', 'xllamacpp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
