"""Settings as the wire has them."""
