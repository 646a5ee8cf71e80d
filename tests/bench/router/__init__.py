"""Figures of routers, votes and cascades on recorded outcomes, one program a table."""
