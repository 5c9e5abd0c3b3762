"""The report in the formats that journals take: tables, figures, methods and citation."""
