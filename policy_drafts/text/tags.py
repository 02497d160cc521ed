"""Kinds of tags, for whoever walks through a text."""

# What holds one text, and no block.
ONE_TEXT = ("p", "h3", "h4", "dt", "figcaption", "summary")
