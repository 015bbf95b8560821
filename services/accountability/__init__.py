"""What was done, and who answers: decisions, remedies, promises, callbacks, closing and findings."""
