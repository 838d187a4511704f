"""What an outage kept waiting leaves spaced, by a plan that people can change."""
