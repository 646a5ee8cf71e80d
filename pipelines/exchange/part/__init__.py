"""The parts of an exported program, each real code that is read as text; see `pipelines.exchange.excerpt`."""
