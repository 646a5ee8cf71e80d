"""Tests of the parts of the page of routers."""
