"""Rulebooks on the command line: files checked, published, compared and shown."""
