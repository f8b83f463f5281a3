"""Pure functions from bytes to the facts of the site; knows no site generator."""
