"""`make chaos`: bookings go on while processes are killed, and in the end everything stands exactly once."""
