"""The toolkit of pages: shell, guard, forms, tables, flash, error pages, static build."""
