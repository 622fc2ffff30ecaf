"""Durable things: records and their facts in a database, bytes in a folder."""
