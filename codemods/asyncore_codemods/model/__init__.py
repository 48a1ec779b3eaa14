"""What is known about a program: plain data, with places in the source but no syntax trees."""
