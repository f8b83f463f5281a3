"""The steps of a release: survey, compress, check, assemble, place, sign, verify."""
