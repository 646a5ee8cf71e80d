"""Outcome tables in the product: from experiments, replayed, and filled."""
