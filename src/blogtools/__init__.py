"""A technical blog engine: essays in Markdown, references from code, one site."""

__version__ = "0.1.0"
