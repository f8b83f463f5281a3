"""Build time and memory of blogtools beside its peers, on the same posts, in one run.

A run is a product: subjects (the generators) x cases (what is timed) x sizes (how many posts).
Each has a module; a new one is a new entry there, and the report grows by it.
"""
