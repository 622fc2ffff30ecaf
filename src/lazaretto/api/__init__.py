"""The HTTP edge: the published API for the official SDKs, the page at /, and what operators ask for."""
