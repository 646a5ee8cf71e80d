"""Writes a pipeline as one Python file that runs on LangGraph and LiteLLM alone and gives the same answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from pipelines.catalogue import Catalogue, ModelEntry
from pipelines.document import Pipeline
from pipelines.exchange.draft import Draft, Surroundings
from pipelines.exchange.excerpt import excerpt_for, names_of_parts
from pipelines.exchange.graph import write_graph
from pipelines.exchange.literal import comment, literal
from pipelines.exchange.refusal import ExportRefused
from pipelines.graph import require_valid
from pipelines.record import Record
from pipelines.store import DocumentLibrary, PipelineLibrary
from pipelines.weights import MAX_OUTPUT_TOKENS

LEAN_PREFIXES: Final = ("openai/", "hosted_vllm/")
LOCAL_URL_ENV: Final = "LOCAL_MODEL_URL"

_TITLE: Final = '''"""Is a pipeline of language models, exported from Routeloom as one LangGraph program.

It needs `pip install langgraph litellm` and nothing else. Ask it a question with

    python THIS_FILE.py "your question"

or import it and await `answer(question)`. Each node of the pipeline is one function; GRAPH, near the end, says which
output feeds which input; MODELS says who is asked. Keys are read from environment variables and never stand here.
"""
'''

_END: Final = '''
@entrypoint()
async def pipeline(question: str) -> str:
    """Runs the graph on a question."""
    found = await run_graph(GRAPH, Query(text=question))
    if found is None:
        raise Unusable("The pipeline gave no answer: every way to one stayed silent.")
    return found.text


async def answer(question: str) -> str:
    """Returns the answer of the pipeline to a question."""
    return str(await pipeline.ainvoke(question))


def main() -> None:
    """Answers the question on the command line."""
    if len(sys.argv) != 2:
        sys.exit(f'Usage: python {sys.argv[0]} "your question"')
    # Else LiteLLM prints advice among the answers.
    litellm.suppress_debug_info = True
    try:
        sys.stdout.write(asyncio.run(answer(sys.argv[1])) + "\\n")
    except Unusable as error:
        sys.exit(f"Error: {error}")


if __name__ == "__main__":
    main()
'''


class LanggraphFile(Record):
    """Is an exported program.

    Attributes:
        text: the Python source.
        inexact: where it may answer differently; empty unless the export was allowed to be lossy.
        notes: what the person has to see to, such as a server for an embedded model.
    """

    text: str
    inexact: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def langgraph_file(
    pipeline: Pipeline,
    *,
    catalogue: Catalogue,
    library: PipelineLibrary,
    documents: DocumentLibrary,
    embedder_name: str,
    lossy: bool = False,
) -> LanggraphFile:
    """Returns a pipeline as a stand-alone program; nodes without a model of their own ask the catalogue's default.

    With `lossy`, what cannot be exact is exported as near as possible and named in `inexact` and in the file.

    Raises:
        PipelineInvalid: if the pipeline cannot run.
        ExportRefused: if something in it has no exact form.
        ConfigurationError: if a model or a document set is missing.
    """
    require_valid(pipeline, catalogue=catalogue, library=library)
    draft = Draft(Surroundings(catalogue, library, documents, embedder_name), taken=set(names_of_parts()))
    write_graph(pipeline, draft)
    models = _models(draft)
    refused = (*draft.refused, *(() if lossy else draft.inexact))
    if refused:
        raise ExportRefused(tuple(dict.fromkeys(refused)), lossy_helps=not draft.refused)
    inexact, notes = tuple(dict.fromkeys(draft.inexact)), tuple(dict.fromkeys(draft.notes))
    head = _head(pipeline, inexact, notes)
    return LanggraphFile(text=_assembled(draft, head, models), inexact=inexact, notes=notes)


def _assembled(draft: Draft, head: str, models: str) -> str:
    sets = "".join(f"{line}\n" for line in _document_sets(draft))
    nodes = "\n\n".join(draft.blocks)
    graphs = "\n".join(draft.graphs)
    tables = f"{models}\n{sets}\n{graphs}\n{_END}"
    excerpt = excerpt_for(f"{nodes}\n{tables}")
    imports = "from __future__ import annotations\n\n" + "\n".join(excerpt.imports) + "\n"
    return (
        f"{_TITLE}\n{imports}\n{head}"
        f"\n{_rule('The nodes')}\n\n{nodes}"
        f"\n\n{_rule('What the nodes use')}\n\n\n{excerpt.definitions}"
        f"\n\n{_rule('Models, documents and wiring')}\n\n{tables}"
    )


def _rule(title: str) -> str:
    return f"# {'-' * (76 - len(title))} {title}"


def _head(pipeline: Pipeline, inexact: tuple[str, ...], notes: tuple[str, ...]) -> str:
    lines = [f"Pipeline: {pipeline.name}", *([pipeline.description] if pipeline.description else [])]
    lines += [f"NOT EXACT: {sentence}" for sentence in inexact]
    lines += [f"Note: {sentence}" for sentence in notes]
    return "".join(f"# {comment(line)}\n" for line in lines)


def _models(draft: Draft) -> str:
    rows = "".join(f"    {literal(name)}: {_model(entry, draft)},\n" for name, entry in draft.models.items())
    return f"MODELS: dict[str, Model] = {{\n{rows}}}\n"


def _model(entry: ModelEntry, draft: Draft) -> str:
    if entry.provider in ("replay", "scripted"):
        draft.refused.append(
            f"The model '{comment(entry.name)}' is a {entry.provider} model, which lives in Routeloom."
        )
    target, base = _reached(entry)
    options = [f"name={literal(entry.name)}", f"target={literal(target)}"]
    options += [f"api_base={literal(base)}"] if base else []
    if entry.provider == "embedded":
        options += [
            f"api_base_env={literal(LOCAL_URL_ENV)}",
            f"max_tokens={entry.max_output_tokens or MAX_OUTPUT_TOKENS}",
        ]
        draft.notes.append(
            f"The model '{entry.name}' runs inside Routeloom. Serve the same weights with an OpenAI-compatible server,"
            f" such as llama-server, and set {LOCAL_URL_ENV} to its address, such as http://127.0.0.1:8080/v1."
        )
    options += [f"key_env={literal(entry.key_env)}"] if entry.key_env else []
    options += [f"timeout_s={entry.timeout_s!r}"] if entry.timeout_s != 120.0 else []
    options += [f"context_window={entry.context_window}"] if entry.context_window else []
    options += [] if entry.supports_logprobs else ["logprobs=False"]
    options += [] if entry.supports_json_schema else ["json_schema=False"]
    return "Model(\n" + "".join(f"        {option},\n" for option in options) + "    )"


def _reached(entry: ModelEntry) -> tuple[str, str | None]:
    """Returns the LiteLLM name and the address of a model; a plain server is asked without anything of OpenAI's own."""
    base = entry.base_url.rstrip("/") if entry.base_url else None
    target = entry.target
    prefix = next((each for each in LEAN_PREFIXES if target.startswith(each)), "")
    if entry.provider == "embedded":
        return f"hosted_vllm/{entry.name}", None
    if entry.provider == "openai_compatible" or (entry.provider == "litellm" and base and prefix):
        plain = target if entry.provider == "openai_compatible" else target[len(prefix) :]
        return f"hosted_vllm/{plain}", base if base is None or urlsplit(base).path else f"{base}/v1"
    return target, base


def _document_sets(draft: Draft) -> Iterator[str]:
    for name, constant in draft.document_sets.items():
        documents = [each for each in draft.around.documents.documents(name) if each.text.strip()]
        yield f"{constant} = ("
        for each in documents:
            title, text = literal(each.title, " " * 8), literal(each.text, " " * 8)
            yield f"    Document(\n        {title},\n        {text},\n    ),"
        yield ")\n"
