"""What the world says about a sender: the DNS, and whose network an address belongs to."""
