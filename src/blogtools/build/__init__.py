"""How a site is made: work in parallel, and files that appear as a whole or not at all."""
