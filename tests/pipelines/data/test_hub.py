"""A data set of the hub is fetched by name, from allowed hosts only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aiohttp import web

from app.loop import LoopThread
from pipelines.data.hub import fetch_hub
from pipelines.data.intake import read_examples
from pipelines.error import ConfigurationError, DocumentError, NotFound
from tests.pipelines.readers.sample import parquet_file


class Hub:
    """Serves the parts of the hub's interface that are asked for."""

    def __init__(self) -> None:
        self.url = ""
        self.file = parquet_file(question=["A?"], answer=["1"])

    async def start(self) -> None:
        application = web.Application()
        application.router.add_get("/api/datasets/{owner}/{name}/parquet", self._list)
        application.router.add_get("/there", self._there)
        application.router.add_get("/away", self._away)
        application.router.add_get("/file", self._file)
        self.runner = web.AppRunner(application)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.runner.cleanup()

    async def _list(self, request: web.Request) -> web.Response:
        if request.match_info["name"] != "known":
            return web.Response(status=404)
        splits = {
            "train": [f"{self.url}/away"],
            "test": [f"{self.url}/there"],
            "many": [f"{self.url}/file", f"{self.url}/file"],
            "elsewhere": ["https://example.org/file"],
        }
        return web.json_response({"main": splits, "other": {"train": [f"{self.url}/file"]}})

    async def _there(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/file"})

    async def _away(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://metadata.example/file"})

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.file)


@pytest.fixture
def hub() -> Iterator[Hub]:
    loop, found = LoopThread(), Hub()
    loop.call(found.start())
    yield found
    loop.call(found.stop())
    loop.close()


def test_the_test_split_of_the_first_config_is_fetched(hub: Hub) -> None:
    content, name = fetch_hub("owner/known", (), hub=hub.url)
    assert (content, name) == (hub.file, "owner-known-main-test.parquet")
    assert read_examples(content, name).examples[0].references == ("1",)


def test_config_and_split_can_be_named(hub: Hub) -> None:
    assert fetch_hub("owner/known:other#train", (), hub=hub.url)[1] == "owner-known-other-train.parquet"


@pytest.mark.parametrize(
    ("reference", "kind", "sentence"),
    [
        ("owner/unknown", NotFound, "no public data set 'owner/unknown'"),
        ("owner/known:none", NotFound, "no config 'none'; it has main, other"),
        ("owner/known#none", NotFound, "no split 'none'; it has train, test, many, elsewhere"),
        ("owner/known#many", DocumentError, "comes in 2 files"),
        ("owner/known#train", ConfigurationError, "sent the download on to 'metadata.example'"),
        ("owner/known#elsewhere", ConfigurationError, "sent the download on to 'example.org'"),
        ("a/b/c", DocumentError, "names no data set of the hub; write OWNER/NAME"),
        ("../etc", DocumentError, "names no data set of the hub"),
    ],
)
def test_what_cannot_be_fetched_is_told(hub: Hub, reference: str, kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        fetch_hub(reference, (), hub=hub.url)


def test_the_hub_is_asked_only_where_it_is_allowed() -> None:
    with pytest.raises(ConfigurationError, match=r"""ROUTELOOM_ALLOWED_HOSTS='\["huggingface.co"\]'"""):
        fetch_hub("owner/known", ())


def test_a_machine_without_the_hub_says_so(hub: Hub) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be reached .* seems to be offline"):
        fetch_hub("owner/known", (), hub="http://127.0.0.1:9")
