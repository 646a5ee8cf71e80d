"""The only door to a language model: providers, retries, limits, cache, prices and the record of every call."""
