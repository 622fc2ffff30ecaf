"""A next hop that costs next to nothing: it takes everything and keeps nothing, so that it does not measure itself."""

import asyncio
from contextlib import asynccontextmanager

OK = b"250 2.0.0 ok\r\n"
REPLIES = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}


class Swallow(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport):
        self.transport, self.buffer, self.in_data = transport, bytearray(), False
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data):
        self.buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        end = self.buffer.find(b"\r\n.\r\n" if self.in_data else b"\r\n")
        if end < 0:
            if self.in_data:
                del self.buffer[:-4]
            return False
        if self.in_data:
            del self.buffer[: end + 5]
            self.in_data = False
            self.transport.write(OK)
            return True
        verb = bytes(self.buffer[:4]).upper()
        del self.buffer[: end + 2]
        self.in_data = verb == b"DATA"
        self.transport.write(REPLIES.get(verb, OK))
        return True


@asynccontextmanager
async def next_hop():
    """The port of a running one."""
    server = await asyncio.get_running_loop().create_server(Swallow, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
