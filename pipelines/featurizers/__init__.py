"""The featurizers: the folder is the registry, a file is a way to turn questions into numbers."""
