"""What instructors and students read of results, and what other programs take: functions of the results alone."""
