"""What was learned from examples: words to features, features to a probability, and the learning itself."""
