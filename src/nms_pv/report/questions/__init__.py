"""The chapters of the page that answer one question each, for both arms."""
