"""The ways in: the SMTP and LMTP gateway, and the import of stored mail."""
