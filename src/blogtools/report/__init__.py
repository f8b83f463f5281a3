"""Diagnostics and progress, for people and for programs."""
