"""What an analyst asks for: search criteria as values, and the reading of query text."""
