"""Vectors by a model of the catalogue: asked, priced, recorded, cached, and refused where they are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipelines.catalogue import Catalogue, ModelEntry, Provider
from pipelines.chat import Call, ChatRequest, Completion, Message
from pipelines.error import BudgetExceeded, ConfigurationError, ModelAnsweredGarbage, ModelOverloaded
from pipelines.gateway.address import AddressRule
from pipelines.gateway.direct import DirectProvider
from pipelines.gateway.gateway import Gateway
from pipelines.gateway.litellm_provider import LiteLlmProvider
from pipelines.gateway.provider import ChatProvider
from pipelines.gateway.retry import Retry
from pipelines.store import MemoryStore
from pipelines.vectors import MOST_TEXTS, ModelEmbedder, packed, unpacked
from tests.pipelines.gateway.embedding_server import EmbeddingServer, embedding
from tests.pipelines.gateway.scene import Clock, Scope, entry


class Door:
    """Asks a gateway on behalf of one scope; is `pipelines.service.Models`."""

    def __init__(self, server: EmbeddingServer, scope: Scope | None = None, **changes: Any) -> None:
        """Takes the server and what differs in the entry of its model."""
        clock = Clock()
        self.scope = scope or Scope()
        self.store = MemoryStore()
        model = entry(server.base_url, name="vectors", **changes)
        providers: dict[Provider, ChatProvider] = {
            "openai_compatible": DirectProvider(AddressRule()),
            "litellm": LiteLlmProvider(AddressRule()),
        }
        retry = Retry(clock=clock, sleep=clock.sleep)
        self.gateway = Gateway(Catalogue([model], default="vectors"), providers, self.store, retry=retry)

    async def complete(self, request: ChatRequest) -> Completion:
        """Returns what the gateway says."""
        return await self.gateway.complete(request, self.scope)

    def entry(self, name: str | None) -> ModelEntry:
        """Returns an entry of the catalogue."""
        return self.gateway.catalogue.entry(name)

    async def count_tokens(self, name: str | None, text: str) -> int:
        """Counts as the gateway does."""
        return await self.gateway.count_tokens(name, text)

    @property
    def embedder(self) -> ModelEmbedder:
        """Returns the model as an embedder."""
        return ModelEmbedder(self, "vectors")

    async def aclose(self) -> None:
        """Closes the gateway."""
        await self.gateway.aclose()


def _call(door: Door) -> Call:
    [call] = door.store.calls
    return call


async def test_a_text_becomes_a_unit_vector_by_one_priced_and_recorded_call() -> None:
    async with embedding() as server:
        door = Door(server)
        found = await door.embedder.embed(["What is 2 plus 2?"])
        await door.aclose()
    assert found.tolist() == [[1.0, 0.0, 0.0]]
    assert server.bodies == [{"model": "m", "input": ["What is 2 plus 2?"], "encoding_format": "float"}]
    call = _call(door)
    assert (call.request.purpose, call.cost_usd, call.error) == ("embed", 10 / 1e6, None)
    assert call.reply is not None
    assert (call.reply.text, call.reply.usage.input_tokens) == ("1 vector of 3 numbers", 10)
    assert door.scope.spent_usd == 10 / 1e6
    assert door.embedder.name == "vectors (openai_compatible: m)"


async def test_the_same_text_is_bought_once_and_a_chat_about_it_is_another_call() -> None:
    async with embedding() as server:
        door = Door(server)
        first, second = [await door.embedder.embed(["bread"]) for _ in range(2)]
        said = await door.complete(ChatRequest(messages=(Message(role="user", content="bread"),), model="vectors"))
        await door.aclose()
    assert (len(server.bodies), len(server.chats), said.text) == (1, 1, "hello")
    assert np.array_equal(first, second)
    assert [call.source for call in door.store.calls] == ["live", "cache", "live"]


async def test_many_texts_go_in_batches_whose_records_hold_no_vectors() -> None:
    texts = [f"translate {number}" for number in range(MOST_TEXTS + 1)]
    async with embedding() as server:
        door = Door(server)
        found = await door.embedder.embed([*texts[:-1], ""])
        await door.embedder.embed(texts[:2])
        await door.aclose()
    assert found.shape == (MOST_TEXTS + 1, 3)
    assert found[0].tolist() == [0.0, 1.0, 0.0]
    assert [len(body["input"]) for body in server.bodies] == [MOST_TEXTS, 1, 2]
    assert server.bodies[1]["input"] == [" "]
    replies = [call.reply for call in door.store.calls if call.reply]
    assert [reply.text for reply in replies] == [
        f"{MOST_TEXTS} vectors of 3 numbers",
        "1 vector of 3 numbers",
        "2 vectors of 3 numbers",
    ]
    assert [reply.vectors is None for reply in replies] == [True, False, True]


async def test_texts_come_back_in_their_order_whatever_order_the_server_likes() -> None:
    async with embedding() as server:
        door = Door(server)
        found = await door.embedder.embed(["plus", "translate", "bread"])
        await door.aclose()
    assert found.tolist() == np.eye(3).tolist()


async def test_litellm_reaches_an_embedding_model_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VECTOR_KEY", "sk-1")
    async with embedding() as server:
        # A LiteLLM name of a server that is not of the lean path.
        door = Door(server, provider="litellm", target="litellm_proxy/m", key_env="VECTOR_KEY", timeout_s=120.0)
        found = await door.embedder.embed(["What is 2 plus 2?"])
        await door.aclose()
    assert found.tolist() == [[1.0, 0.0, 0.0]]
    assert server.bodies[0]["input"] == ["What is 2 plus 2?"]
    assert _call(door).cost_usd == 10 / 1e6


@pytest.mark.parametrize(
    "said",
    [
        {"data": []},
        {"data": [{"index": 0}]},
        {"data": [{"index": 0, "embedding": []}]},
        {"data": [{"index": 0, "embedding": [1.0, None]}]},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 0, "embedding": [1.0]}, {"index": 1, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": [[1.0]]}]},
        {"choices": []},
        [1],
    ],
)
async def test_what_is_no_vector_for_each_text_is_garbage(said: Any) -> None:
    async with embedding() as server:
        server.says = said
        door = Door(server, timeout_s=0.5)
        with pytest.raises(ModelAnsweredGarbage):
            await door.embedder.embed(["bread"])
        await door.aclose()
    assert _call(door).error_kind == "ModelAnsweredGarbage"


async def test_an_error_in_the_body_is_told() -> None:
    async with embedding() as server:
        server.says = {"error": {"message": "busy", "code": 503}}
        door = Door(server, timeout_s=0.5)
        with pytest.raises(ModelOverloaded, match="busy"):
            await door.embedder.embed(["bread"])
        await door.aclose()


async def test_vectors_keep_to_the_budget_and_have_no_output_to_pay() -> None:
    async with embedding() as server:
        door = Door(server, Scope(limits_money=True, limit_usd=15 / 1e6))
        await door.embedder.embed(["bread"])
        with pytest.raises(BudgetExceeded):
            await door.embedder.embed(["plus"])
        await door.aclose()
    assert len(server.bodies) == 1


async def test_a_model_that_makes_no_vectors_is_told_before_it_is_asked() -> None:
    async with embedding() as server:
        door = Door(server, provider="embedded")
        with pytest.raises(ConfigurationError, match="The model 'vectors' makes no vectors; name an embedding model"):
            await door.embedder.embed(["bread"])
    assert server.bodies == []


def test_vectors_are_packed_and_unpacked() -> None:
    vectors = np.array([[1.5, -2.0], [0.25, 3.0]], dtype=np.float32)
    found = unpacked(packed(vectors), 2)
    assert found is not None
    assert found.tolist() == vectors.tolist()
    assert (unpacked("", 1), unpacked("no base64!", 1), unpacked(packed(vectors), 3)) == (None, None, None)
