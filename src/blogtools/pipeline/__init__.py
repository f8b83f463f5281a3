"""GitLab components as values: what they ask for, how they are read, what is wrong with them."""
