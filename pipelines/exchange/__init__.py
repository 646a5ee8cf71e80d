"""Takes pipelines in from other studios and gives them out as files for other programs."""
