"""Every reply that the gateway itself gives, by name. What the door answers is the door's."""

from lazaretto.intake.reply import Reply

OK = Reply(250, "2.0.0", "Ok")
MAIL_OK = Reply(250, "2.1.0", "Ok")
RECIPIENT_OK = Reply(250, "2.1.5", "Ok")
CHUNK_OK = Reply(250, "2.0.0", "Chunk received")
GO_AHEAD = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
CANNOT_VERIFY = Reply(252, "2.0.0", "Send some mail, it will be tried")
HELP = Reply(214, "2.0.0", "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY STARTTLS QUIT\nSee RFC 5321")
GOODBYE = Reply(221, "2.0.0", "Bye")

# The session ends after these.
TOO_MANY_CONNECTIONS = Reply(421, "4.7.0", "Too many connections, try again later")
TOO_MANY_FROM_CLIENT = Reply(421, "4.7.0", "Too many connections from your address, try again later")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands in one session")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors in one session")
TOO_MANY_MESSAGES = Reply(421, "4.7.0", "Too many messages in one session, connect again")
IDLE = Reply(421, "4.4.2", "Timeout, closing connection")
TRANSACTION_TOO_LONG = Reply(421, "4.4.2", "The transaction took too long, closing connection")
STOPPING = Reply(421, "4.3.2", "Service is shutting down, try again later")
BROKEN = Reply(421, "4.3.0", "Internal error, closing connection")
EARLY_TALKER = Reply(554, "5.5.1", "You spoke before the greeting")
NOT_MAIL = Reply(554, "5.5.1", "This is a mail server")

# The line as such.
LINE_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
BAD_LINE_END = Reply(500, "5.5.2", "Command lines end with CRLF and hold no other CR, LF or NUL")
BAD_CHARACTERS = Reply(500, "5.5.2", "Command is not valid UTF-8 text")
UNKNOWN_COMMAND = Reply(500, "5.5.2", "Command not recognised")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Command not implemented")
WRONG_GREETING = Reply(500, "5.5.1", "Not the greeting of this protocol")

# The order of commands.
HELLO_FIRST = Reply(503, "5.5.1", "Send the greeting command first")
NESTED_MAIL = Reply(503, "5.5.1", "Nested MAIL command")
MAIL_FIRST = Reply(503, "5.5.1", "Send MAIL first")
RECIPIENT_FIRST = Reply(503, "5.5.1", "Send RCPT first")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "No valid recipients")
IN_CHUNKS = Reply(503, "5.5.1", "A message in chunks has begun, go on with BDAT or send RSET")
IN_TRANSACTION = Reply(503, "5.5.1", "Not during a mail transaction")
TLS_ACTIVE = Reply(503, "5.5.1", "TLS is already in use")
NO_TLS = Reply(502, "5.5.1", "STARTTLS is not offered")

# Arguments.
NO_ARGUMENT = Reply(501, "5.5.4", "This command takes no argument")
NEED_ARGUMENT = Reply(501, "5.5.4", "An argument is missing")
BAD_HELLO = Reply(501, "5.5.4", "The greeting needs one domain or address literal")
BAD_MAIL = Reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]")
BAD_RECIPIENT = Reply(501, "5.5.4", "Syntax: RCPT TO:<address> [parameters]")
BAD_CHUNK = Reply(501, "5.5.4", "Syntax: BDAT size [LAST]; closing, the chunk cannot be told from commands")
BAD_RETURN_PATH = Reply(501, "5.1.7", "Bad syntax of the return path")
LONG_RETURN_PATH = Reply(553, "5.1.7", "Return path too long")
BAD_ADDRESS = Reply(501, "5.1.3", "Bad syntax of the recipient address")
LONG_ADDRESS = Reply(553, "5.1.3", "Recipient address too long")
NEED_UTF8 = Reply(553, "5.6.7", "Address with other than ASCII characters needs SMTPUTF8")
BAD_PARAMETER = Reply(501, "5.5.4", "Bad value of a parameter")
TWICE = Reply(501, "5.5.4", "Parameter given twice")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "Parameter not recognised or not implemented")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")
OTHER_KIND = Reply(
    452, "4.5.3", "A report address and other recipients in one transaction: send the rest separately"
)
NOT_A_PROXY = Reply(550, "5.7.0", "XCLIENT is not for you")
BAD_XCLIENT = Reply(501, "5.5.4", "Syntax: XCLIENT name=value ...")

# The message.
TOO_LARGE = Reply(552, "5.3.4", "Message too large")
BARE_LINE_END = Reply(550, "5.6.0", "Message holds CR or LF that is not part of CRLF")
NUL_BYTE = Reply(550, "5.6.0", "Message holds NUL")
LONG_LINE = Reply(550, "5.6.0", "Message holds a line that is too long")
LONG_HEADER = Reply(550, "5.6.0", "Header section of the message is too long")
LOOP = Reply(554, "5.4.6", "Too many hops, mail loop")
NO_STORAGE = Reply(452, "4.3.1", "Message cannot be stored now")
INTERNAL = Reply(451, "4.3.0", "Internal error, try again later")
