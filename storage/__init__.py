"""Turns the domain records into tables and back."""
