"""Finding the documents that an expert should read."""
