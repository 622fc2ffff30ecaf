"""Mailboxes of recipients: where delivered copies lie, and how they are moved."""
