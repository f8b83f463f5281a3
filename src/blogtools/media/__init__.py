"""What is drawn at build time: pure functions of bytes, each behind a library that few need.

Nothing here is imported by a build that has no use for it, and nothing asks the network.
"""
