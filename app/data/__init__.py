"""The parts of the page of data, and the data sets that ship with the product."""
