"""Settings of the HTTP API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """Each with its default; the names are those of the configuration file."""

    open_raw_for_benign: bool = False  # give the raw bytes of mail that is no detection
    body_limit: int = 1024 * 1024  # bytes of a request body
    body_seconds: float = 15.0  # time a client may take to send its body
    token_seconds: float = 3.0  # how long a verified credential is believed before the store is asked again
    release_limit: int = 1_000  # messages that one release may name
    snapshot_seconds: float = 600.0  # how long pages of one listing stay stable between two requests
    connections: int = 1_000  # open HTTP connections
    head_seconds: float = 20.0  # time a client may take to send a request line and its headers
    rate_limit: int = 0  # requests of one token in a window; 0 means that nobody counts
    rate_seconds: float = 300.0  # the window
    failure_limit: int = 100  # wrong credentials of one address in a minute; 0 means that nobody counts
    proxies: tuple[str, ...] = ()  # addresses or networks whose X-Forwarded-For is believed
    send_seconds: float = 60.0  # time a client may take to accept one piece of an answer
    preview_limit: int = 25 * 1024 * 1024  # bytes of a message that a picture is made of
    preview_seconds: float = 20.0  # time that making one picture may take
