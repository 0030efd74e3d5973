"""What came in: the values every room speaks of, and the sealed form in which they travel."""
