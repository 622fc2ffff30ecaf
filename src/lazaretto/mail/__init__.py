"""Reading mail: one standard, one file, all of it pure functions over bytes that an attacker wrote."""
