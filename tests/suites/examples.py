"""The example values of the published documentation, and the smallest bodies that make real objects.

The suites of the SDKs, and the recorded requests, name objects that exist only in the documentation.
"""

INVESTIGATE_ID = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"
QUEUE_ID = "4Njp3P0STMz2c02Q"
JOB_ID = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
SETTING_ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
SETTING_NUMBER = "2401"  # SDKs whose ids are numbers
RECORDED_IDS = ("1", "J")  # in recorded requests
OWN_ID = "1042"  # in our own page
OBJECT_IDS = {JOB_ID, SETTING_ID, SETTING_NUMBER, OWN_ID, *RECORDED_IDS}

KEY_EMAIL = "user@example.com"
KEY = "144c9defac04969c7bfad8efaa8ea194"
TOKEN = "tok-of-the-example-requests-0123456789"

EML = "RnJvbTogYUBiLnRlc3QNClRvOiB1QGV4YW1wbGUuY29tDQpTdWJqZWN0OiBzDQoNCmhlbGxvDQo="


def setting(group: str, number: int) -> dict:
    """A valid body for a new object of this group, unlike every other."""
    name = f"n{number}"
    bodies = {
        "allow_policies": {
            "pattern": f"{name}@friend.example",
            "pattern_type": "EMAIL",
            "is_regex": False,
            "is_trusted_sender": True,
            "is_exempt_recipient": False,
            "is_acceptable_sender": False,
            "verify_sender": True,
        },
        "block_senders": {"pattern": f"{name}@foe.example", "pattern_type": "EMAIL", "is_regex": False},
        "trusted_domains": {
            "pattern": f"{name}.example",
            "is_regex": False,
            "is_recent": True,
            "is_similarity": False,
        },
        "content_policies": {"name": name, "pattern": name, "targets": ["SUBJECT"], "enabled": True},
        "domains": {
            "domain": f"{name}.example",
            "allowed_delivery_modes": ["DIRECT"],
            "drop_dispositions": ["MALICIOUS"],
            "ip_restrictions": [],
            "regions": ["GLOBAL"],
        },
        "impersonation_registry": {
            "name": f"Person {name}",
            "email": f"{name}@example.com",
            "is_email_regex": False,
        },
        "sending_domain_restrictions": {"domain": f"{name}.example", "exclude": []},
        "url_ignore_patterns": {"pattern": f"https://{name}\\.example/.*"},
    }
    return bodies[group]


SETTING_GROUPS = (
    "allow_policies",
    "block_senders",
    "trusted_domains",
    "content_policies",
    "domains",
    "impersonation_registry",
    "sending_domain_restrictions",
    "url_ignore_patterns",
)
