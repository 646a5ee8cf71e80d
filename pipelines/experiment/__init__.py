"""Experiments: pipelines x data set, from the estimate before to the results after."""
