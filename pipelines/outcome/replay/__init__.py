"""Replays pipelines on an outcome table: what they would have answered and cost, without a call."""
