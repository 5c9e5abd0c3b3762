"""OMOP common data models -> a snapshot of the tables that are read -> rows of declared types."""
