class RuleError(Exception):
    """A rule said no. Its text is a sentence for the person who asked."""
