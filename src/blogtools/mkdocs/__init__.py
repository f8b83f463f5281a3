"""The only door to MkDocs, Material and mkdocstrings."""
