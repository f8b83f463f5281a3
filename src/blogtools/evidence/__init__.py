"""The page that says what a published site passed: read from reports, drawn, and written."""
