"""The numbers in `errors[].code` and `messages[].code`.

Those of authentication, routing and method are the published ones; 1000 to 1999 are ours.
"""

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
RAW_AS_LATIN_1 = 1110  # note: the octets of the message are not UTF-8

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
