"""Charts, each drawn from a record of the domain."""
