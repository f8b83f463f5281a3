"""Runs the code of essays, in environments that uv makes. The only place that runs it."""
