"""Companion code: locked, fetched by pip, read by griffe, never imported and never executed."""
