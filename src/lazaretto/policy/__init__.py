"""What is done with a judged message: a pure function of the verdict and of each domain's policy."""
