"""Values to what people see. Pure: no database, no clock, no Telegram."""
