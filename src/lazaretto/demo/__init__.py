"""A server with sample mail of every kind, to look at and to play with."""
