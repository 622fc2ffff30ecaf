"""What is done with a judged message: a pure function of the verdict and the policy of each recipient's domain."""
