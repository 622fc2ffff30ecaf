"""The numbers in `errors[].code` and `messages[].code`.

Those of authentication, routing and method are the published ones; 1000 to 1999 are ours.
"""

THROTTLED = 10001  # too many requests

GENERIC = 1000  # a value that cannot be read
BAD_JSON = 1001
MISSING_FIELD = 1002
BAD_ENUM = 1003  # not one of the listed words
BAD_RANGE = 1004  # a date or a number outside what is allowed
BAD_CURSOR = 1005
BODY_TOO_LARGE = 1006
TOO_SLOW = 1007
URI_TOO_LONG = 1008

NOT_FOUND = 1100  # no such message for this account
NOT_A_DETECTION = 1101
CONTENT_NOT_STORED = 1104  # retention removed the bytes
NO_RENDERER = 1105  # this server makes no pictures
NO_PICTURE = 1106  # no picture can be made of this message
BAD_EML = 1107  # an uploaded message is none
BOUNDED = 1111  # note: there may be more than were looked for
RAW_AS_LATIN_1 = 1110  # note: the octets of the message are not UTF-8

NO_SUBMISSION = 1120  # no such submission in this account
ESCALATED = 1121  # the submission cannot be escalated or reviewed

NO_SETTING = 1300  # no such user, token or setting in this account
LAST_ADMIN = 1320  # nobody could administrate the account any more
TOO_MUCH = 1321  # more than the own credential may do

NO_JOB = 1200  # no such bulk job in this account
JOB_NOT_ENDED = 1201
JOB_ENDED = 1202  # and cannot be cancelled, paused or resumed
KEY_TAKEN = 1203  # the idempotency key was used for another request
TOO_MANY_JOBS = 1204
CANNOT_UNDO = 1205  # sent mail cannot be unsent

NO_CLASSIFIER = 1400  # no such classifier was trained for this account
NOTHING_TO_ROLL_BACK = 1401  # the shipped classifier is used alone
NO_LABELS = 1402  # there is nothing to learn from

DUPLICATE = 1301

INTERNAL = 1900
TRY_LATER = 1901
MALFORMED_HTTP = 1902

INVALID_HEADERS = 6003
BAD_KEY_FORMAT = 6103
BAD_AUTHORIZATION_FORMAT = 6111
NO_METHOD = 7001
NO_ROUTE = 7003
MISSING_HEADERS = 9106
NOT_ALLOWED = 9109
AUTHENTICATION = 10000
