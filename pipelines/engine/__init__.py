"""Runs pipelines: a data flow on LangGraph, with budgets, a typed event stream, partial re-runs and resumption."""

from pipelines.engine.engine import Engine
from pipelines.engine.flow import Flow, LangGraphFlow, PlainFlow
from pipelines.engine.handle import RunHandle
from pipelines.engine.reuse import reusable_outputs

__all__ = ["Engine", "Flow", "LangGraphFlow", "PlainFlow", "RunHandle", "reusable_outputs"]
