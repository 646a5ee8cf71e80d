"""The scorers: the folder is the registry, a file is a scorer."""
