"""Who met the rule of a batch, and the numbered certificates that anybody can check."""
