"""From syntax to facts: one family of facts a file. Nothing here changes code."""
