"""Experiments of this installation: created, run on the workspace's loop, watched from any page or process."""
