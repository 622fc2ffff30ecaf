"""All limits of the gateway, with what each of them stops. Each has its reply, listed beside it."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    """Sizes are bytes, times are seconds."""

    message_bytes: int = 50 * MIB  # announced as SIZE; 552 5.3.4
    drain_bytes: int = 50 * MIB  # read and thrown away beyond it, so that the client hears 552; then dropped
    header_bytes: int = MIB  # largest of 6,842 real header sections: 209,869; 550 5.6.0
    line_bytes: int = (
        MIB  # RFC 5321 says 1,000; 174 of 6,842 real messages break it, up to 405,768; 550 5.6.0
    )
    received_fields: int = 100  # mail loops; RFC 5321 6.3; 554 5.4.6
    command_bytes: int = 2048  # 512 and what MAIL and RCPT parameters add; RFC 5321 4.5.3.1.4; 500 5.5.2
    local_part_bytes: int = 64  # RFC 5321 4.5.3.1.1; 553
    connections: int = 1000  # open at once; 421 4.7.0
    connections_per_client: int = 50  # from one IPv4 address or one IPv6 /64; 421 4.7.0
    commands: int = 10_000  # in one session: endless NOOP; 421 4.7.0
    errors: int = 20  # refused commands in one session: address harvesting, lost clients; 421 4.7.0
    messages: int = 1000  # in one session; 421 4.7.0
    recipients: int = 1000  # of one message, RFC 5321 4.5.3.1.8 asks for at least 100; 452 4.5.3
    idle_seconds: float = (
        300.0  # from one command to the next, however few bytes come; RFC 5321 4.5.3.2.7; 421 4.4.2
    )
    data_idle_seconds: float = 180.0  # without any byte of the message; 421 4.4.2
    transaction_seconds: float = 3600.0  # from MAIL to the end of the message: slow loris; 421 4.4.2
    door_seconds: float = (
        240.0  # for an answer of the door; clients wait 600 at most; RFC 5321 4.5.3.2.6; 451 4.3.0
    )
    tls_seconds: float = 30.0  # for the TLS handshake; dropped
    proxy_seconds: float = 5.0  # for the PROXY header; dropped
    close_seconds: float = 10.0  # for the client to read the last reply; dropped
    banner_delay_seconds: float = (
        0.0  # who speaks before the greeting is refused; 0 switches it off; 554 5.5.1
    )
