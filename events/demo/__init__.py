"""The demonstration: the real call's facts, in our own words, with dates moved to lie ahead."""
