"""What leaves and enters over HTTP, field for field as the official SDKs send and read it.

One file a resource: its structs, and one visible function that makes them from our own values.
The published field names are known here and nowhere else.
"""
