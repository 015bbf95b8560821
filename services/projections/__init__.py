"""What is seen: views folded from the whole log, and the questions one may ask of them. It writes nothing to the log."""
