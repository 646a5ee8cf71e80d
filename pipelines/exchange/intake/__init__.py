"""The way of a file of another studio into a pipeline: taken apart, drawn anew, accounted for."""
