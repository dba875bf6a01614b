"""Studies: functions from scenarios to results, such as the comparison of two designs."""
