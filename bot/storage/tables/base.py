"""What every table is built on."""

from sqlalchemy import BigInteger, Column, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows by itself only for INTEGER; Telegram's ids need the eight bytes everywhere.
BigId = BigInteger().with_variant(Integer, "sqlite")


def identity() -> Column[int]:
    """A primary key that the database counts up."""
    return Column("id", BigId, primary_key=True, autoincrement=True)
