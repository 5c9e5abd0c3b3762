"""The chapter on case definitions, the same for both arms."""
