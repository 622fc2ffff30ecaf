"""The nouns: frozen values that every other package speaks in, with no behaviour beyond their own shape."""
