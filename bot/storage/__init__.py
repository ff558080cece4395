"""The only package that knows SQLAlchemy: tables, the unit of work, one store per noun."""
