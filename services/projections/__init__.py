"""What is seen: views folded from the whole log, and what one may ask of them. It writes nothing to the log."""
