"""The cases behind the numbers: who they are, what each definition made of them, and the rows of their sources."""
