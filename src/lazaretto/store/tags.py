"""A value as one token of the search index: a hash, so that nothing in it is query syntax."""

from hashlib import blake2b


def tag(kind: str, value: str) -> str:
    """The token of a value of some kind."""
    return f"t{kind}{blake2b(value.encode('utf-8', 'surrogatepass'), digest_size=10).hexdigest()}"
