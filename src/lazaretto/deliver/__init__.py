"""The way out: the outbox relay, its SMTP and LMTP client, and notifications about failed deliveries."""
