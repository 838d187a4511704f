"""The plan: campaigns, goals, services, key messages, spending and short links."""
