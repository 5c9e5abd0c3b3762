"""The methods chapter: what was done, told from the settings and from the methods of the results."""
