"""What letters carry: files told by their content, opened to a limit, and asked what they would do."""
