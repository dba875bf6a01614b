"""Who decides: each type of agent with its rows, its rules and its Mesa class."""
