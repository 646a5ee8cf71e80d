"""The parts of the studio page."""
