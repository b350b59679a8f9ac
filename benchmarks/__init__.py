"""What the course's code costs, each figure beside that of the plain way in the same run: `course benchmark`."""
