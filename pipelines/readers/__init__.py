"""The data-set readers: the folder is the registry, a file is a format."""
