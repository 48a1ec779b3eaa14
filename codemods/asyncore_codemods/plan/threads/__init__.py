"""What runs beside the loop or interrupts it: threads and the handlers of signals."""
