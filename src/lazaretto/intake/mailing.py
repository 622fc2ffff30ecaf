"""MAIL, RCPT, DATA and BDAT of one session, and the content that follows them. RFC 5321 3.3, RFC 3030.

Content is read to its end whatever is wrong with it: only then do both sides agree again on where they are.
"""

from typing import Literal

from lazaretto.intake import replies as say
from lazaretto.intake.buffer import InputBuffer
from lazaretto.intake.commands import Rcpt, parse_bdat, parse_mail, parse_rcpt
from lazaretto.intake.content import Content
from lazaretto.intake.data import ChunkReader, DotReader, Reader
from lazaretto.intake.door import Accepted
from lazaretto.intake.events import AskRecipient, Deliver, DropContent, StoreContent
from lazaretto.intake.reply import Reply
from lazaretto.intake.terms import Terms
from lazaretto.intake.transaction import Caller, Transaction
from lazaretto.intake.voice import Voice


class Mailing:
    """The transaction of a session, one after the other."""

    def __init__(self, terms: Terms, voice: Voice) -> None:
        self.transaction: Transaction | None = None
        self.reader: Reader | None = None  # inside DATA or a chunk
        self._at_end = False  # acted upon once the last content is stored, which may fail
        self.exchanges = 0  # transactions, and chunks that nobody wanted
        self._terms = terms
        self._limits = terms.limits
        self._voice = voice
        self._messages = 0
        self._rcpt: Rcpt | None = None  # being asked
        self._reading: Literal["data", "chunk", "last chunk", "unwanted chunk"] = "data"
        self._complaint = say.RECIPIENT_FIRST  # the answer to an unwanted chunk
        self._unwanted = 0  # bytes of unwanted chunks

    def mail(self, argument: str, caller: Caller) -> None:
        """MAIL, after the greeting."""
        if self.transaction is not None:
            self._voice.refuse(say.NESTED_MAIL)
            return
        if self._messages >= self._limits.messages:
            self._voice.end(say.TOO_MANY_MESSAGES)
            return
        mail = parse_mail(argument, max_local=self._limits.local_part_bytes)
        if isinstance(mail, Reply):
            self._voice.refuse(mail)
        elif mail.parameters.size > self._limits.message_bytes:
            self._voice.refuse(say.TOO_LARGE)  # RFC 1870 6.1
        else:
            self.exchanges += 1
            self.transaction = Transaction(mail.address, mail.parameters, caller, Content(self._limits))
            self._voice.say(say.MAIL_OK)

    def rcpt(self, argument: str) -> None:
        """RCPT; the answer comes with `recipient_answered`."""
        transaction = self.transaction
        if transaction is None:
            self._voice.refuse(say.MAIL_FIRST)
            return
        if transaction.chunked:
            self._voice.refuse(say.IN_CHUNKS)
            return
        utf8 = transaction.parameters.smtputf8
        rcpt = parse_rcpt(argument, max_local=self._limits.local_part_bytes, utf8=utf8)
        if isinstance(rcpt, Reply):
            transaction.refused += 1
            self._voice.refuse(rcpt)
        elif len(transaction.places) >= self._limits.recipients:
            self._voice.refuse(say.TOO_MANY_RECIPIENTS)
        else:
            self._rcpt = rcpt
            self._voice.ask(AskRecipient(rcpt.address, transaction.account, transaction.caller.visitor))

    def recipient_answered(self, answer: Accepted | Reply) -> None:
        """The door's answer to AskRecipient."""
        transaction, rcpt = self.transaction, self._rcpt
        assert transaction is not None
        assert rcpt is not None
        if isinstance(answer, Reply):
            transaction.refused += 1
            self._voice.refuse(answer)
            return
        if transaction.queue_id is None:
            transaction.queue_id = self._voice.queue_id = self._terms.queue_id()
            transaction.account = answer.account
            transaction.reporting = answer.reporting
        elif transaction.reporting != answer.reporting:  # a report is kept, other mail sent on: two records
            transaction.refused += 1
            self._voice.refuse(say.OTHER_KIND)
            return
        transaction.add(rcpt)
        self._voice.say(say.RECIPIENT_OK)

    def data(self, argument: str) -> None:
        """DATA."""
        transaction = self.transaction
        if argument:
            self._voice.refuse(say.NO_ARGUMENT)
        elif transaction is not None and transaction.chunked:
            self._voice.refuse(say.IN_CHUNKS)  # RFC 3030 3
        elif transaction is None or not transaction.places:
            self._voice.refuse(self._lacking())
        else:
            self.reader, self._reading = DotReader(), "data"
            self._voice.say(say.GO_AHEAD)

    def bdat(self, argument: str) -> None:
        """BDAT; whatever the answer will be, its bytes follow."""
        bdat = parse_bdat(argument)
        if isinstance(bdat, Reply):
            self._voice.end(bdat)
            return
        transaction = self.transaction
        self.reader = ChunkReader(bdat.size)
        if transaction is None or not transaction.places:
            self._reading, self._complaint = "unwanted chunk", self._lacking()
            self.exchanges += 1
        else:
            self._reading = "last chunk" if bdat.last else "chunk"
            transaction.chunked = True

    def _lacking(self) -> Reply:
        """Why there can be no message now."""
        if self.transaction is None:
            return say.MAIL_FIRST
        return say.NO_VALID_RECIPIENTS if self.transaction.refused else say.RECIPIENT_FIRST

    def read(self, source: InputBuffer) -> bool:
        """Uses up content; False when there is none."""
        assert self.reader is not None
        if self._at_end:
            self.reader, self._at_end = None, False
            self._ended()
            return True
        data, self._at_end = self.reader.read(source)
        if data and self._reading == "unwanted chunk":
            self._unwanted += len(data)
            if self._unwanted > self._limits.message_bytes + self._limits.drain_bytes:
                self._voice.end(say.TOO_LARGE)
        elif data:
            self._keep(data)
        return bool(data) or self._at_end

    def _keep(self, data: bytes) -> None:
        transaction = self.transaction
        assert transaction is not None
        transaction.content.feed(data)
        if transaction.content.beyond_drain:
            self._voice.end(say.TOO_LARGE)
        elif transaction.verdict is None:
            transaction.stored = True
            self._voice.events.append(StoreContent(data))
        else:
            self._drop()

    def _ended(self) -> None:
        transaction = self.transaction
        if self._reading == "unwanted chunk":
            self._voice.refuse(self._complaint)
        elif transaction is not None and self._reading == "chunk":
            self._voice.answer(transaction.verdict or say.CHUNK_OK)
        elif transaction is not None:
            transaction.content.end()
            self._messages += 1
            if transaction.verdict is None:
                self._voice.ask(Deliver(transaction.envelope(self._terms.clock())))
            else:
                self.message_answered((transaction.verdict,) * len(transaction.recipients))

    def message_answered(self, replies: tuple[Reply, ...]) -> None:
        """The door's answers to Deliver, or our own refusal."""
        transaction = self.transaction
        assert transaction is not None
        each = transaction.per_recipient(replies)
        for reply in each if self._terms.lmtp else (transaction.joint(replies),):
            self._voice.answer(reply)
        self.forget()

    def content_failed(self, reply: Reply) -> None:
        """The content could not be stored; what is left of it is read and thrown away."""
        if self.transaction is not None:
            self.transaction.failure = reply
            self._drop()

    def forget(self) -> None:
        """No transaction any more."""
        self._drop()
        self.transaction = None
        self._voice.queue_id = None

    def _drop(self) -> None:
        if self.transaction is not None and self.transaction.stored:
            self.transaction.stored = False
            self._voice.events.append(DropContent())
