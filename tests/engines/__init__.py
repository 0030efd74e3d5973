"""Independent engines of the promises the archive rests on: a second S3, and Amazon's own DynamoDB, on loopback."""
