"""What happens between agents: luck, the order of a month, offices, matching, the ledger."""
