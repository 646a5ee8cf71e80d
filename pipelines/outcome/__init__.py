"""Outcome tables: what each model scored and cost on each query, recorded once and replayed for ever."""
